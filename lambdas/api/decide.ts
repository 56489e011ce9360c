import * as z from 'zod';
import type { Catalogue } from '#domain/catalogue.ts';
import { decideRequest, type ProposedDecision } from '#domain/decide.ts';
import { durationSchema } from '#domain/duration.ts';
import { orThrow, RefusalError, refuse } from '#domain/errors.ts';
import { type Identity, sourceIdentityOf } from '#domain/identity.ts';
import { approvalTokenHash, decisionSealMessage } from '#domain/seals.ts';
import type { GenerateMac } from '../adapters/macKey.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import type { Workflow } from '../adapters/workflow.ts';
import type { ApiCall } from '../runtime/api.ts';
import { attest, type ChangePorts, change, retryConflicts } from '../runtime/change.ts';
import { wakeQuietly } from '../runtime/wake.ts';
import { remarkSchema } from './remark.ts';
import { summaryOf } from './requestView.ts';
import { loadVisible } from './visibility.ts';

export const decisionBody = z.strictObject({
  decision: z.enum(['approve', 'deny']),
  token: z.string().max(512).optional(),
  comment: remarkSchema.optional(),
  duration: durationSchema.optional(),
});

export interface DecideServices extends ChangePorts {
  catalogue: Catalogue;
  seal: GenerateMac;
  workflow: Workflow;
}

type DecideCall = ApiCall<z.output<typeof decisionBody>>;

/** `POST …/decision`: the approver's word, sealed with key 3. A decider writes first and wakes last. */
export async function decide(call: DecideCall, services: DecideServices) {
  const { catalogue, workflow } = services;
  const { who, now } = call;
  const saved = await retryConflicts(async () => {
    const { stored } = await loadVisible(services, call);
    const proposed = propose(stored, call, catalogue);
    const seal = await sealDecision(stored, proposed, services.seal);
    const occurrence = {
      ...proposed,
      decision: { ...proposed.decision, seal },
      at: now,
      by: sourceIdentityOf(who),
    };
    return change(services, stored, { ...circumstancesOf(stored, call, catalogue), occurrence });
  });
  const { status } = saved.request;
  if (status !== 'pending') await wakeQuietly(workflow, saved, status === 'scheduled' ? 'issue' : 'end');
  const attested = await attest(services, saved, {
    by: 'decisions',
    ...circumstancesOf(saved, call, catalogue),
  });
  return summaryOf(catalogue, attested.request);
}

function propose(stored: StoredRequest, call: DecideCall, catalogue: Catalogue): ProposedDecision {
  const { duration: durationSeconds, ...body } = call.body;
  const approver = humanOf(call.who);
  const command = {
    ...body,
    durationSeconds,
    approver,
    invitedTokenHash: stored.upkeep.invitations[approver.email]?.tokenHash,
  };
  return orThrow(
    decideRequest(stored.request, command, { catalogue, ...circumstancesOf(stored, call, catalogue) }),
  );
}

function humanOf(who: Identity): { issuer: string; subject: string; email: string } {
  if (who.kind === 'machine')
    throw new RefusalError(refuse('not_an_approver', 'Machines may ask, never approve.'));
  return { issuer: who.issuer, subject: who.subject, email: who.email };
}

async function sealDecision(
  { request }: StoredRequest,
  { decision }: ProposedDecision,
  seal: GenerateMac,
): Promise<string> {
  const mac = await seal(
    decisionSealMessage({
      digest: request.digest,
      ...decision,
      tokenHash: decision.token === undefined ? undefined : approvalTokenHash(decision.token),
      previousSeal: request.decisions.at(-1)?.seal,
    }),
  );
  return Buffer.from(mac).toString('base64');
}

const circumstancesOf = ({ request }: StoredRequest, { now }: DecideCall, catalogue: Catalogue) => ({
  entry: catalogue.entries.get(request.terms.entitlement),
  now,
});
