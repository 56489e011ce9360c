import * as z from 'zod';
import { canonicalJson } from '#domain/digest.ts';
import type { KeptEvent } from '../../reader/keptEvent.ts';
import type { Issuance } from '../../sessions/issuance.ts';
import type { FindingRule } from '../finding.ts';

/** What both accounts are told of a call, as far as it says what was issued. */
const termsSchema = z.object({
  roleArn: z.string().optional().catch(undefined),
  roleSessionName: z.string().optional().catch(undefined),
  sourceIdentity: z.string().optional().catch(undefined),
  policy: z.string().optional().catch(undefined),
  policyArns: z.unknown().optional(),
  tags: z.unknown().optional(),
});

/**
 * A call from one account into another stands in the logs of both, and both say what was asked for. Critical where they do not agree:
 * one of the two logs was changed. The caller's copy is what grants are put together from. Limit: what only one of the two has is not
 * compared.
 */
export const copiesDiffer: FindingRule = {
  name: 'copies-differ',
  promise: 'Both accounts’ records of a call between them say the same.',
  find: ({ issuances }) =>
    issuances.ok.flatMap((issuance) => {
      const { event, copies, sessionArn, roleArn } = issuance;
      const different = [...new Set(copies.flatMap((copy) => differencesBetween(event, copy)))].sort();
      if (different.length === 0) return [];
      return {
        severity: 'critical',
        at: event.at,
        subject: sessionArn ?? roleArn ?? event.id,
        account: event.account,
        message: `The records of one ${event.name} in ${accountsOf(issuance).join(' and ')} differ in ${different.join(', ')}: find out which log was changed, and compare the session with the true one.`,
        eventIds: [event.id, ...copies.map(({ id }) => id)],
      };
    }),
};

const accountsOf = ({ event, copies }: Issuance): string[] =>
  [...new Set([event, ...copies].map(({ account }) => account))].sort();

function differencesBetween(first: KeptEvent, second: KeptEvent): string[] {
  const one = termsSchema.safeParse(first.request).data;
  const other = termsSchema.safeParse(second.request).data;
  if (!one || !other) return [];
  return (Object.keys(termsSchema.shape) as (keyof typeof one)[]).filter(
    (key) =>
      one[key] !== undefined &&
      other[key] !== undefined &&
      canonicalJson(one[key]) !== canonicalJson(other[key]),
  );
}
