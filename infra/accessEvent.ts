import * as z from 'zod';
import { type EventName, eventNames } from '../domain/history.ts';
import { requestIdPattern } from '../domain/requestIdPattern.ts';

/** What each event means to whoever listens, and whether it says when the grant starts and ends. */
export const accessEvents: Record<EventName, { means: string; window: 'yes' | 'once it is fixed' | 'no' }> = {
  requested: {
    means:
      'Somebody asked for access. With break-glass, and where nobody has to approve, the grant is fixed at once.',
    window: 'once it is fixed',
  },
  approved: {
    means: 'An approver said yes. Once every rule is met, the grant is fixed.',
    window: 'once it is fixed',
  },
  denied: { means: 'An approver said no: the request is over.', window: 'no' },
  cancelled: { means: 'The requester withdrew before a decision.', window: 'no' },
  expired: { means: 'Nobody decided in time.', window: 'no' },
  issued: { means: 'A session was issued; a long grant has several, one after another.', window: 'yes' },
  returned: { means: 'The requester gave the access back early.', window: 'no' },
  revoked: { means: 'An approver or admin took the access back.', window: 'no' },
  ended: { means: 'The time ran out.', window: 'no' },
  failed: { means: 'The access could not be given, or not go on; the record says why.', window: 'no' },
  reviewed: { means: 'Somebody else judged a use of break-glass.', window: 'no' },
  closed: { means: 'Nothing more will happen to this request.', window: 'no' },
};

const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** The `detail` of an event on the bus `countersign`. */
export const accessEventSchema = z.object({
  requestId: z.string().regex(requestIdPattern).describe('ULID'),
  event: z.enum(eventNames),
  at: instant.describe('When it happened: UTC, whole seconds'),
  by: z
    .string()
    .describe(
      'Who did it, as CloudTrail has it in sourceIdentity: an address, "u-" and a hash where none fits, or "countersign"',
    ),
  entitlement: z.string().describe('Its id in the catalogue'),
  roleArn: z.string().describe('The role in the target account'),
  breakGlass: z.boolean().describe('Whether it goes without approval, to be reviewed afterwards'),
  digest: digest.describe('SHA-256 over all that was asked for, base64url'),
  hash: digest.describe('Of this entry of the history; the same hash again is the same event again'),
  startsAt: instant.describe('When the grant starts').optional(),
  endsAt: instant.describe('When the grant ends').optional(),
});

/** The `detail-type` of an event. */
export const detailTypeOf = (event: EventName): string => `Access request ${event}`;

/** The schema for others: docs/events.schema.json. It lets fields be added later. */
export const eventsJsonSchema = () => ({
  title: 'Detail of an event on the bus countersign',
  ...z.toJSONSchema(accessEventSchema, { io: 'input' }),
});

/** The table of docs/events.md. */
export function eventsTable(): string {
  const rows = eventNames.map(
    (event) =>
      `| \`${detailTypeOf(event)}\` | ${accessEvents[event].means} | ${accessEvents[event].window} |`,
  );
  return ['| `detail-type` | means | `startsAt`, `endsAt` |', '|---|---|---|', ...rows].join('\n');
}
