import { latest } from '#domain/instant.ts';
import type { FindingRule, Observation } from '../finding.ts';
import { lastMomentOf } from '../grantFacts.ts';
import { reachesInto } from '../reachesInto.ts';
import { counted } from '../words.ts';

/**
 * Requests whose catalogue the review was not given: whether their approvals, windows and policies are what the catalogue asks for
 * cannot be told. Medium: who leaves a catalogue out must not get a clean review for it.
 */
export const catalogueUnknown: FindingRule = {
  name: 'catalogue-unknown',
  promise: 'The review knows every catalogue that was in force.',
  find({ grants, catalogues, period }) {
    const unknown = Map.groupBy(
      grants
        .filter(({ catalogue }) => !catalogues.has(catalogue))
        .filter((grant) => reachesInto(period, { at: grant.requestedAt, until: lastMomentOf(grant) })),
      ({ catalogue }) => catalogue,
    );
    return [...unknown].map(([digest, requests]): Observation => {
      const times = requests.map(({ requestedAt }) => requestedAt).sort();
      return {
        severity: 'medium',
        at: times[0],
        until: requests.map(lastMomentOf).reduce((last, moment) => latest(last, moment)),
        subject: digest,
        message: `${counted(requests.length, 'request')} from ${times[0]} on name a catalogue with the digest ${digest}, which was not given: give its file with --catalogue to have their approvals and policies compared.`,
        eventIds: [],
      };
    });
  },
};
