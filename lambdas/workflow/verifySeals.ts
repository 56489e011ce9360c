import type { AccessRequest, Decision } from '#domain/accessRequest.ts';
import {
  approvalTokenHash,
  approvalTokenMac,
  approvalTokenMessage,
  decisionSealMessage,
  requestSealMessage,
} from '#domain/seals.ts';
import type { VerifyMac } from '../adapters/macKey.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';

export interface SealKeys {
  request: VerifyMac;
  token: VerifyMac;
  decision: VerifyMac;
}

/**
 * Whether request seal, decision seals and approval tokens prove the record. A forged approval would need both the key of
 * `notifyApprovers` and the key of `decisions`.
 */
export async function sealsHold({ request, upkeep }: StoredRequest, keys: SealKeys): Promise<boolean> {
  const { digest, terms, decisions } = request;
  const proofs = [
    keys.request(requestSealMessage({ digest, expiresAt: terms.expiresAt }), bytes(upkeep.requestSeal)),
    ...decisions.flatMap((decision, index) => [
      decisionHolds(request, decision, { previousSeal: decisions[index - 1]?.seal, verify: keys.decision }),
      tokenHolds(request, decision, keys.token),
    ]),
  ];
  return (await Promise.all(proofs)).every(Boolean);
}

function decisionHolds(
  { digest }: AccessRequest,
  decision: Decision,
  { previousSeal, verify }: { previousSeal: string | undefined; verify: VerifyMac },
): Promise<boolean> {
  const tokenHash = decision.token === undefined ? undefined : approvalTokenHash(decision.token);
  return verify(decisionSealMessage({ digest, ...decision, tokenHash, previousSeal }), bytes(decision.seal));
}

async function tokenHolds(
  { digest, terms }: AccessRequest,
  { decision, token, approver }: Decision,
  verify: VerifyMac,
): Promise<boolean> {
  const mac = token === undefined ? undefined : approvalTokenMac(token);
  if (decision !== 'approve' || !mac) return false;
  return verify(approvalTokenMessage({ digest, approver: approver.email, expiresAt: terms.expiresAt }), mac);
}

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
