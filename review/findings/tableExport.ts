import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { accessRequestSchema } from '#domain/accessRequest.ts';
import { requestDigest, requestIdSchema, termsSchema } from '#domain/terms.ts';
import { jsonValuesIn } from '../jsonValues.ts';
import { isGzip } from '../reader/gzip.ts';
import { UnusableInput } from '../unusableInput.ts';
import type { TableRecord } from './finding.ts';

/** Content beyond this is no request table's. */
const maximumBytes = 400_000_000;

/**
 * The requests in an export of the table, by id: what `aws dynamodb scan` prints, its pages one after the other, or files of
 * an export to S3, compressed or not. Items of other kinds are left out; a request that is none that Countersign writes has a `fault`.
 * Throws `UnusableInput` where the file cannot be read or holds no item at all.
 */
export async function readTableExport(file: string): Promise<TableRecord[]> {
  const text = await textOf(file);
  const items = jsonValuesIn(text, () => notAnExport(file)).flatMap(itemsOf);
  if (items.length === 0) throw notAnExport(file);
  const records = items.filter(isRequest).map(recordOf);
  return records.sort((a, b) => (a.id === b.id ? 0 : a.id < b.id ? -1 : 1));
}

const notAnExport = (file: string): UnusableInput =>
  new UnusableInput(
    `${file} is no export of the request table. Make one with: aws dynamodb scan --table-name countersign --consistent-read --output json > ${file}`,
  );

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return (isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: maximumBytes }) : bytes).toString('utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UnusableInput(
      `The table export ${file} cannot be read (${code}). Name the file that the export was written to.`,
    );
  }
}

type Item = Record<string, AttributeValue>;

const itemSchema = z.record(
  z.string(),
  z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null),
);

/** A page of a scan has many, a line of an export to S3 one. */
const pageSchema = z.union([
  z.object({ Items: z.array(itemSchema) }).transform(({ Items }) => Items),
  z.object({ Item: itemSchema }).transform(({ Item }) => [Item]),
]);

const itemsOf = (value: unknown): Item[] => pageSchema.safeParse(value).data ?? [];

/** By either half of its key: whoever changes the other half does not hide it. */
const isRequest = ({ pk, sk }: Item): boolean =>
  textOfKey(sk) === 'REQUEST' || textOfKey(pk).startsWith(prefix);

const prefix = 'REQUEST#';

/** Items may have any shape. */
const textOfKey = (value: AttributeValue | undefined): string =>
  typeof value?.S === 'string' ? value.S : '';

/** What belongs to the request; beside it the item has what the functions need to keep it moving. */
const requestKeys = new Set(accessRequestSchema.options.flatMap(({ shape }) => Object.keys(shape)));

function recordOf(item: Item): TableRecord {
  const id = idOf(item);
  try {
    const own = Object.entries(unmarshall(item)).filter(([key]) => requestKeys.has(key));
    const rest: Record<string, unknown> = Object.fromEntries(own);
    // Computed, as the functions do: what stands in the table under that name is anybody's.
    const digest = requestDigest(termsSchema.parse(rest.terms));
    const request = accessRequestSchema.parse({ ...rest, digest });
    if (request.terms.id !== id || textOfKey(item.pk) !== prefix + id || textOfKey(item.sk) !== 'REQUEST')
      return { id, fault: 'it is not at the place that its id names' };
    return { id, request };
  } catch (error) {
    return { id, fault: faultOf(error) };
  }
}

const idOf = ({ pk, id }: Item): string => {
  const named = [textOfKey(id), textOfKey(pk).slice(prefix.length)].find(
    (text) => requestIdSchema.safeParse(text).success,
  );
  return named ?? 'unknown';
};

/** Where it is wrong, never what stands there: items hold sealed sessions and tokens. */
function faultOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return 'it is no item of DynamoDB';
  const places = [...new Set(error.issues.map(({ path }) => path.slice(0, 3).map(String).join('.')))];
  const known = places.filter((place) => /^[\w.]{1,60}$/.test(place)).sort();
  return known.length > 0 ? `it is wrong at ${known.slice(0, 5).join(', ')}` : 'it is not what a request is';
}
