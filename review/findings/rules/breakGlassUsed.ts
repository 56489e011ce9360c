import type { FindingRule } from '../finding.ts';
import { aboutGrant } from '../grantFacts.ts';
import { counted, quoted } from '../words.ts';

/**
 * Each use of break-glass: access that nobody approved beforehand. Info, since it is meant to be used in an emergency and reviewed
 * afterwards; a reviewer of the period wants to see every one.
 */
export const breakGlassUsed: FindingRule = {
  name: 'break-glass-used',
  promise: 'Break-glass was not needed.',
  find: ({ grants }) =>
    grants
      .filter(({ breakGlass, sessions }) => breakGlass && sessions.length > 0)
      .map((grant) => {
        const { requester, entitlement, sessions, review, requestedAt } = grant;
        const keys = sessions.flatMap(({ activity }) => activity);
        const calls = [...new Map(keys.map((one) => [`${one.arn} ${one.accessKeyId}`, one.calls])).values()];
        const made = counted(
          calls.reduce((sum, count) => sum + count, 0),
          'call',
        );
        const reviewed = review ? `reviewed by ${quoted(review.by)} at ${review.at}` : 'not reviewed yet';
        return aboutGrant(grant, {
          severity: 'info',
          at: requestedAt,
          account: sessions[0]?.roleArn.split(':')[4],
          message: `${quoted(requester)} used break-glass for ${quoted(entitlement)} and made ${made}; ${reviewed}.`,
          eventIds: sessions.map(({ issuance }) => issuance.event.id),
        });
      }),
};
