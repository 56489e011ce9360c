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
 * The requests in an export of the table, by id: what `aws dynamodb scan` prints, its pages one after the other, or the data files of
 * an export to S3 put together, compressed or not. Items of other kinds are left out; a request that is none that Countersign writes
 * has a `fault`. Throws `UnusableInput` where the file cannot be read, holds no page and no item, or ends before the table does: what
 * was left out would look deleted.
 */
export async function readTableExport(file: string): Promise<TableRecord[]> {
  const text = await textOf(file);
  const pages = jsonValuesIn(text, () => notAnExport(file)).flatMap(pageOf);
  const last = pages.at(-1);
  if (!last) throw notAnExport(file);
  if (last.goesOn) throw cutOff(file);
  const records = pages.flatMap(({ items }) => items.filter(isRequest).map(recordOf));
  return records.sort((a, b) => (a.id === b.id ? 0 : a.id < b.id ? -1 : 1));
}

const howTo = (file: string): string =>
  `aws dynamodb scan --table-name countersign --consistent-read --output json > ${file}`;

const notAnExport = (file: string): UnusableInput =>
  new UnusableInput(`${file} is no export of the request table. Make one with: ${howTo(file)}`);

const cutOff = (file: string): UnusableInput =>
  new UnusableInput(
    `${file} is only a part of the request table: its last page says that the table goes on. Export all of it, without --max-items and --no-paginate: ${howTo(file)}`,
  );

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return (isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: maximumBytes }) : bytes).toString('utf8');
  } catch (error) {
    if (isFolder(error))
      throw new UnusableInput(
        `${file} is a folder, and --table takes a file. Put the data files of one export to S3 into one: cat AWSDynamoDB/ID/data/*.json.gz > table.json.gz`,
      );
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UnusableInput(
      `The table export ${file} cannot be read (${code}). Name the file that the export was written to.`,
    );
  }
}

const isFolder = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EISDIR';

type Item = Record<string, AttributeValue>;

const itemSchema = z.record(
  z.string(),
  z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null),
);

interface Page {
  items: Item[];
  /** The table has more than this page and those before it. */
  goesOn: boolean;
}

/** A page of a scan has many items, or none where the table is empty; a line of an export to S3 has one. */
const pageSchema = z.union([
  z
    .object({
      Items: z.array(itemSchema),
      // DynamoDB's word for it and the AWS CLI's: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-pagination.html
      LastEvaluatedKey: z.unknown().optional(),
      NextToken: z.unknown().optional(),
    })
    .transform(({ Items, LastEvaluatedKey, NextToken }) => ({
      items: Items,
      goesOn: [LastEvaluatedKey, NextToken].some((mark) => (mark ?? undefined) !== undefined),
    })),
  z.object({ Item: itemSchema }).transform(({ Item }) => ({ items: [Item], goesOn: false })),
]);

const pageOf = (value: unknown): Page[] => {
  const { data } = pageSchema.safeParse(value);
  return data ? [data] : [];
};

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
