import { requestIdSchema } from '#domain/terms.ts';
import { unreadableEvidence } from '../../grants/evidence.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { serviceAccountsOf, targetAccountsOf } from '../managedRoles.ts';
import { quoted } from '../words.ts';

/**
 * Evidence is made by the one function that may attest the event, in an account of Countersign's own, and says what it is evidence
 * of. Critical: whoever can make evidence up can make access look approved. None of it counts for a grant.
 */
export const wrongAttester: FindingRule = {
  name: 'wrong-attester',
  promise: 'Evidence is made by the functions that may attest it, and by nobody else.',
  find: (material) => [...byOthers(material), ...unreadable(material)],
};

function byOthers(material: Material): Observation[] {
  const services = serviceAccountsOf(material);
  const targets = targetAccountsOf(material);
  return material.evidence
    .filter(
      ({ attester, account }) => attester === undefined || (targets.has(account) && !services.has(account)),
    )
    .map(({ event, at, requestId, caller, eventId, account, attester }) => {
      const why =
        attester === undefined
          ? `${quoted(caller)}, which may not`
          : `${attester} of account ${account}, which is a target`;
      return {
        severity: 'critical',
        at,
        subject: requestId,
        requestId,
        account,
        message: `That request ${quoted(requestId)} was ${event} was attested by ${why}: find out who could, and trust nothing that rests on it.`,
        eventIds: [eventId],
      };
    });
}

/** Sessions of the notary role that attest nothing that could be. */
const unreadable = ({ issuances }: Material): Observation[] =>
  unreadableEvidence(issuances).map(({ event, sessionName = '', roleArn, sessionArn, copies }) => ({
    severity: 'critical',
    at: event.at,
    subject: sessionArn ?? roleArn ?? event.id,
    ...(requestIdSchema.safeParse(sessionName).success && { requestId: sessionName }),
    account: event.account,
    message: `${quoted(event.caller.arn ?? event.caller.account ?? 'Somebody unnamed')} entered the notary role with tags that are those of no entry: no function of Countersign does, so find out who did.`,
    eventIds: [event.id, ...copies.map(({ id }) => id)],
  }));
