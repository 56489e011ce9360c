import type { ChainFault, Grant } from '../../grants/grant.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { aboutGrant, beganBeforeLogs } from '../grantFacts.ts';
import { quoted } from '../words.ts';

/**
 * Each request's evidence is one chain: every entry on the hash of the one before, from `requested` on, each possible after the last.
 * High: an entry is missing, made up or out of place. Critical where an entry's hash is not that of what CloudTrail shows of it: the
 * function attested something else than it did. A request made before the logs begin lacks its beginning: medium, and whole with the
 * logs of then.
 */
export const brokenChain: FindingRule = {
  name: 'broken-chain',
  promise: 'The evidence of every request is one unbroken chain, and says what CloudTrail shows.',
  find: (material) =>
    material.grants.flatMap((grant) => [
      ...grant.chain.faults.map((fault) => describe(fault, grant, material)),
      ...contentDiffers(grant),
    ]),
};

function describe(fault: ChainFault, grant: Grant, material: Material): Observation {
  const isCutOff = fault.kind === 'noBeginning' && beganBeforeLogs(grant, material);
  return aboutGrant(grant, {
    severity: isCutOff ? 'medium' : 'high',
    at: fault.at,
    account: grant.chain.links[0]?.evidence.account,
    message: isCutOff
      ? `Request ${grant.id} was made before the logs begin, so its beginning is not among them: review it with the logs from then on.`
      : `The evidence of request ${grant.id} is no unbroken chain: ${quoted(fault.message, 300)}`,
    eventIds: fault.eventIds,
  });
}

const contentDiffers = (grant: Grant): Observation[] =>
  grant.chain.links
    .filter(({ content }) => content === 'differs')
    .map(({ evidence }) =>
      aboutGrant(grant, {
        severity: 'critical',
        at: evidence.at,
        account: evidence.account,
        message: `The ${evidence.event} entry of request ${grant.id} has a hash that is not that of what CloudTrail shows of it: compare it with the record, and find out what was changed.`,
        eventIds: [evidence.eventId],
      }),
    );
