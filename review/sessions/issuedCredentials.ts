import { type Fields, fieldsOf, textOf } from '../reader/fields.ts';
import type { KeptEvent } from '../reader/keptEvent.ts';

/** The part of an answer that holds credentials: the answer itself, or its one set, as IAM Roles Anywhere has it. */
export function answerOf({ response }: KeptEvent): Fields | undefined {
  const answer = fieldsOf(response);
  const sets = answer?.credentialSet;
  return (Array.isArray(sets) ? fieldsOf(sets[0]) : undefined) ?? answer;
}

/** The access key that a call returned. */
export const accessKeyOf = (event: KeptEvent): string | undefined =>
  textOf(fieldsOf(answerOf(event)?.credentials)?.accessKeyId);

/**
 * Whether an access key tells one session from all others: exports mask keys (`AKIA****`, `REDACTED`), and many records have none.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html
 */
export const isWholeKey = (key: string | undefined): key is string =>
  key !== undefined && /^[A-Z0-9]{16,128}$/.test(key);
