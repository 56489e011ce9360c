import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod';
import { RefusalError, refuse } from '#domain/errors.ts';
import { predicateOf } from '#domain/predicate.ts';

/** The body as the schema wants it. Throws a 400 refusal that says of each fault by its path what to send instead. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema | undefined,
  event: APIGatewayProxyEvent,
): z.output<Schema> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without a schema the output is `undefined`.
  if (!schema) return undefined as z.output<Schema>;
  return parse(schema, parseJson(textOf(event)), 'body');
}

/** The query string, one value for each name; routes without one take none. */
export function parseQuery<Schema extends z.ZodType>(
  schema: Schema | undefined,
  event: APIGatewayProxyEvent,
): z.output<Schema> {
  const query = event.queryStringParameters ?? {};
  if (schema) return parse(schema, query, 'query');
  const [unknown] = Object.keys(query);
  if (unknown !== undefined)
    throw new RefusalError(refuse('unknown_field', `query ${unknownFields([unknown], [])}.`));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without a schema the output is `undefined`.
  return undefined as z.output<Schema>;
}

function textOf({ body, isBase64Encoded }: APIGatewayProxyEvent): string {
  if (body === null) return '{}';
  return isBase64Encoded ? utf8Text(Buffer.from(body, 'base64')) : body;
}

/** Strict: bytes that are no text would otherwise become replacement characters, and another text than was sent. */
function utf8Text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RefusalError(refuse('malformed', 'The body is not UTF-8.'));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text, withoutPrototype);
  } catch (error) {
    if (error instanceof RefusalError) throw error;
    throw new RefusalError(refuse('malformed', 'The body is not valid JSON.'));
  }
}

/** No field of ours at any depth has this name, and zod's records would drop it in silence. */
function withoutPrototype(key: string, value: unknown): unknown {
  if (key === '__proto__')
    throw new RefusalError(refuse('unknown_field', `body ${unknownFields([key], [])}.`));
  return value;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.output<Schema> {
  const result = schema.safeParse(value, { error: wordsOf, reportInput: true });
  if (result.success) return result.data;
  const { issues } = result.error;
  const unknown = issues.some((issue) => issue.code === 'unrecognized_keys');
  const faults = issues.map((issue) => `${[place, ...issue.path].join('.')} ${faultOf(issue)}`);
  throw new RefusalError(
    refuse(unknown ? 'unknown_field' : 'malformed', `${faults.join('; ').slice(0, 1_000)}.`),
  );
}

const faultOf = ({ code, input, message }: z.core.$ZodIssue): string =>
  code !== 'custom' && input === undefined ? `is missing: it ${message}` : message;

/** What is wrong, where the schema does not say it itself. */
function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys') return predicateOf(issue, 'an object');
  return unknownFields(issue.keys, issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : []);
}

function unknownFields(names: readonly string[], known: readonly string[]): string {
  const quoted = names.map((name) => JSON.stringify(name)).join(', ');
  return `has the unknown field ${quoted}: ${known.length > 0 ? `known here are ${known.join(', ')}` : 'leave it out'}`;
}
