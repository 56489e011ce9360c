import { type Fields, isFields, textOf } from './fields.ts';
import { arnsOf } from './keptEvents.ts';
import { holdsSecret, isSecretKey } from './withoutSecrets.ts';

/** What a request's parameters call the thing they are about, the most telling first. */
const naming = [
  /arn$/i,
  /^(bucket|table|function|role|user|policy|group|key|queue|topic|secret|stream)_?name$/i,
  /name$/i,
  /id$/i,
  /url$/i,
];

/** Longer names of things are cut: AWS's longest, a key in a bucket, has 1,024 characters. */
const longestName = 1024;

/**
 * What a call was done to: the first ARN of `resources`, else the object in the bucket, else what the request names. Undefined where it names
 * nothing. Never a secret: addresses lose what follows a question mark, where signatures stand.
 */
export function objectOf(record: Fields): string | undefined {
  const named = namedIn(record)
    ?.replace(/(?<=^[a-z]+:\/\/[^?#]*)[?#].*$/is, '')
    .slice(0, longestName);
  return named === undefined || holdsSecret(named) ? undefined : named;
}

function namedIn(record: Fields): string | undefined {
  const [arn] = arnsOf(record.resources);
  if (arn !== undefined) return arn;
  const request = record.requestParameters;
  if (!isFields(request)) return undefined;
  const bucket = textOf(request.bucketName);
  if (bucket !== undefined) return `arn:aws:s3:::${[bucket, textOf(request.key)].filter(Boolean).join('/')}`;
  // Sorted: the order of keys is not fixed.
  const keys = Object.keys(request).sort();
  for (const pattern of naming)
    for (const key of keys) {
      const name = pattern.test(key) && !isSecretKey(key) ? textOf(request[key]) : undefined;
      if (name !== undefined) return name;
    }
  return undefined;
}
