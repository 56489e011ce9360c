import { instantAt } from '../reader/eventTime.ts';
import type { ActionCount, Call, CalledAction } from '../reader/trail.ts';
import type { Review } from '../review.ts';
import { rememberedOf } from '../sessions/remembered.ts';
import type { CrossReferences } from './crossReferences.ts';
import { fields, header, line } from './csv.ts';

const columns = [
  'session',
  'access_key_id',
  'request_id',
  'service',
  'action',
  'error',
  'denied',
  'count',
  'first',
  'last',
  'event_id',
  'region',
  'source_ip',
  'object',
];

/**
 * calls.csv: each call of sessions of Countersign's roles; of other sessions one row for each action and outcome. There can be a million
 * rows, most of which is the same in many: those fields are made once.
 */
export function* callsCsv({ sessions }: Review, { requestOf }: CrossReferences): Generator<string> {
  yield header(columns);
  for (const session of sessions) {
    const whose = fields([session.arn, session.accessKeyId, requestOf(session)]);
    if (session.each.length > 0)
      for (const call of session.each) yield line(`${whose},${fieldsOfCall(call)}`);
    else for (const action of session.actions) yield line(`${whose},${fieldsOfCount(action)}`);
  }
}

const fieldsOfCall = ({ source, name, errorCode, denied, at, ...call }: Call): string => {
  const outcome = [source, name, errorCode, denied ? 'yes' : 'no', 1, at, at];
  return fields([...outcome, call.id, call.region, call.sourceIp, call.object]);
};

/** Whether a code means a refusal is known of single calls only, and so is where they came from. */
const fieldsOfCount = ({ action, count, first, last }: ActionCount): string =>
  `${fieldsOfAction(action)},,${count},${instantAt(first)},${instantAt(last)},,,,`;

const fieldsOfAction = rememberedOf(({ source, name, errorCode }: CalledAction) =>
  fields([source, name, errorCode]),
);
