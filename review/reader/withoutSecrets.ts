import { type Fields, isFields } from './fields.ts';

/** Keys whose values are secrets, whatever is between their words and in whatever case: `sessionToken`, `X-Amz-Security-Token` … */
const secretKey =
  /secret(access)?key$|(session|security|access|refresh|id|bearer|auth|signin|webidentity)token|samlassertion$|password|passphrase|secret(string|binary)|clientsecret|privatekey|xamz(signature|credential)/;

/**
 * Texts that have a secret inside, such as JSON in a text or a presigned address: the word of its key, or the beginning of an STS session
 * token.
 */
const secretText =
  /secretaccesskey|(?<!get)session_?token|security-?token|signintoken|x-amz-(?:signature|credential)|\b(?:IQoJ|FwoG|FQoG)[\w+/=]{40}/i;

/** CloudTrail's own word. */
const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/**
 * No policy or message that the review reads is longer or deeper: the longest is a managed policy of 6,144 characters beside white space. `all`
 * is the characters of one record's texts together.
 */
const bounds = { text: 16_384, all: 32_768, depth: 24, values: 4096 };

/**
 * A copy of a value of a record without secrets and of bounded size. Left out: values under keys that name a secret, keys called
 * `__proto__`, and what lies beyond the bounds. Texts that contain a secret are hidden whole.
 */
export function withoutSecrets(value: unknown): unknown {
  return copyOf(value, 0, { left: bounds.values, text: bounds.all });
}

/** What AWS says before the thing that somebody may not touch. No name has a blank in it, so nobody else can say it. */
const beforeThing = ' on resource: ';

/**
 * The same of an error's message. Who called stands before the thing, by a name that they chose: it is not to hide the thing, which is what
 * the review asks for.
 */
export function messageWithoutSecrets(message: unknown): unknown {
  if (typeof message !== 'string') return withoutSecrets(message);
  const [who = '', ...rest] = message.split(beforeThing);
  const parts = rest.length === 0 ? [who] : [who, rest.join(beforeThing)];
  return parts.map(withoutSecrets).join(beforeThing);
}

/** What a message says that somebody may not touch: `role countersign-x` of IAM, mostly an ARN. */
export const thingIn = (message: string): string | undefined =>
  / on resource: (?:(?:role|policy|user|group|instance profile) )?(\S+)/.exec(message)?.[1];

interface Budget {
  /** Values. */
  left: number;
  /** Characters. */
  text: number;
}

function copyOf(value: unknown, depth: number, budget: Budget): unknown {
  if (typeof value === 'string') return textCopyOf(value, budget);
  // Larger numbers than JavaScript has.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === bounds.depth) return '…';
  const copied: unknown[] = [];
  if (Array.isArray(value)) {
    for (const item of value) {
      if (budget.left-- <= 0) break;
      copied.push(copyOf(item, depth + 1, budget));
    }
    return copied;
  }
  const copy: Record<string, unknown> = {};
  if (!isFields(value)) return copy;
  for (const key of keysOf(value)) {
    if (budget.left-- <= 0) break;
    if (key !== '__proto__' && !isSecretKey(key))
      copy[key.toWellFormed()] = copyOf(value[key], depth + 1, budget);
  }
  return copy;
}

/** Short texts first: what is long, or holds much, is not to use up what names of things need. */
const keysOf = (value: Fields): string[] =>
  Object.keys(value).sort((a, b) => lengthOf(value[a]) - lengthOf(value[b]));

const lengthOf = (value: unknown): number =>
  typeof value === 'string' ? value.length : typeof value === 'object' ? Number.MAX_SAFE_INTEGER : 0;

function textCopyOf(text: string, budget: Budget): string {
  if (holdsSecret(text)) return hidden;
  const longest = Math.min(bounds.text, budget.text);
  budget.text -= Math.min(text.length, longest);
  // Half a surrogate pair has no place in any file that is written.
  return (text.length > longest ? `${text.slice(0, longest)}…` : text).toWellFormed();
}

/** Whether a secret, or the word for one, stands in a text. */
export const holdsSecret = (text: string): boolean => text.length >= 12 && secretText.test(text);

/** Keys repeat from record to record: each is looked at once. */
export function isSecretKey(key: string): boolean {
  let answer = judged.get(key);
  if (answer === undefined) {
    answer = secretKey.test(key.toLowerCase().replaceAll(/[^a-z]/g, ''));
    if (judged.size < 10_000) judged.set(key, answer);
  }
  return answer;
}

const judged = new Map<string, boolean>();
