import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import { RefusalError, refuse } from '#domain/errors.ts';

/** The body as the schema wants it. Throws a 400 refusal that names each fault by its path. */
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
    throw new RefusalError(refuse('unknown_field', `query: unknown field "${unknown}"`));
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
  if (key === '__proto__') throw new RefusalError(refuse('unknown_field', 'body: unknown field "__proto__"'));
  return value;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const unknown = result.error.issues.find((issue) => issue.code === 'unrecognized_keys');
  const faults = result.error.issues.map((issue) => `${[place, ...issue.path].join('.')}: ${issue.message}`);
  throw new RefusalError(refuse(unknown ? 'unknown_field' : 'malformed', faults.join('; ').slice(0, 1_000)));
}
