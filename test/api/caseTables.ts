import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { tokenSpec } from './signedTokens.ts';

/*
 * The tables of test/cases/api: one file for each route, `everyRoute.json` for what holds on all of them, and
 * `statuses.json` for every command in every status.
 *
 * In every text of a case these are filled in: `{long 1001}` that many letters; `{now+PT1H}`, `{now-PT1H}`, `{now}`;
 * `{token bob}` the approval token in bob's mail for this case's request, `{token bob of scheduled}` for another one;
 * `{id of pending}`; `{unique}` a text of its own in each case.
 */

const anyObject = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const callSchema = z.strictObject({
  /** A sample user, a machine of the catalogue, or `nobody`. */
  who: z.string().optional(),
  /** Instead of `who`: an access token as described. */
  token: tokenSpec.optional(),
  /** The state whose shared request is meant; `new pending` for one of the case's own, which it may change. */
  request: z.string().optional(),
  /** Instead of `request`: the text in the path. */
  id: z.string().optional(),
  /** Fields put over the table's body, and fields taken from it. */
  with: anyObject.optional(),
  without: z.array(z.string()).optional(),
  /** Instead of the table's body, character for character. */
  rawBody: z.string().optional(),
  query: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

const caseSchema = callSchema.extend({
  name: z.string(),
  /** Instead of the table's route. */
  route: z.string().optional(),
  /** The same call with these changes is made before, and has to succeed. */
  after: callSchema.optional(),
  status: z.number().int(),
  /** Of the problem document. */
  code: z.string().optional(),
  /** What the answer has to contain. */
  answer: anyObject.optional(),
  answerHeaders: z.record(z.string(), z.string()).optional(),
});

const tableSchema = z.strictObject({
  route: z.string(),
  who: z.string().default('alice'),
  request: z.string().optional(),
  body: anyObject.optional(),
  cases: z.array(caseSchema),
});

const everyRouteSchema = z.strictObject({
  /** On every route that asks for sign-in: 401. */
  notSignedIn: z.array(
    z.strictObject({ name: z.string(), token: tokenSpec.optional(), headers: callSchema.shape.headers }),
  ),
  /** On every POST route. */
  bodies: z.array(
    caseSchema.pick({ name: true, with: true, rawBody: true, headers: true, status: true, code: true }),
  ),
  /** On every route with a request id: 404. */
  ids: z.array(z.strictObject({ name: z.string(), id: z.string() })),
  /** Beside the routes. */
  elsewhere: z.array(caseSchema.required({ route: true })),
});

const statusesSchema = z.array(
  z.strictObject({
    command: z.string(),
    route: z.string(),
    who: z.string(),
    body: anyObject.optional(),
    /** By status: 200, or the code of the refusal. */
    expected: z.record(z.string(), z.union([z.literal(200), z.string()])),
  }),
);

export type Call = z.output<typeof callSchema>;
export type Case = z.output<typeof caseSchema>;
export type Table = z.output<typeof tableSchema>;

const folder = new URL('../cases/api/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const beside = ['everyRoute.json', 'statuses.json'];

export const catalogueFile = new URL('catalogue.yaml', folder).pathname;
export const tables: Table[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !beside.includes(name))
  .map((name) => tableSchema.parse(read(name)));
export const everyRoute = everyRouteSchema.parse(read('everyRoute.json'));
export const statusTable = statusesSchema.parse(read('statuses.json'));

/** The table of a route. Throws when there is none. */
export function tableOf(route: string): Table {
  const table = tables.find((candidate) => candidate.route === route);
  if (!table) throw new RangeError(`There is no table for ${route}.`);
  return table;
}
