import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { jsonOf } from '../client/json.ts';
import { parseDuration } from '../domain/duration.ts';
import { emailSchema } from '../domain/identity.ts';
import { hooksIndex, type ListedHook } from './hooksIndex.ts';
import { readBody } from './httpBody.ts';
import { inboxAnswer, mailAnswer } from './inbox.ts';
import type { SentMail } from './inboxMessage.ts';
import type { SampleMachine } from './machineIssuer.ts';
import { jsonAnswer, type PlainAnswer } from './plainAnswer.ts';
import { ProblemError } from './problem.ts';
import type { SampleUser } from './sampleUser.ts';

/** What the test hooks reach. Nothing of this exists in a deployed function. */
export interface HookOptions {
  users: readonly SampleUser[];
  machines: readonly SampleMachine[];
  mintUserToken(user: SampleUser): Promise<string>;
  mintMachineToken(machine: SampleMachine): Promise<string>;
  mails(): readonly SentMail[];
  trail(): readonly unknown[];
  events(): readonly unknown[];
  /** Moves the virtual clock of the whole server; answers the new time in milliseconds. */
  advance(milliseconds: number): Promise<number>;
}

type Hook = (request: IncomingMessage) => Promise<PlainAnswer>;

const tokenBody = z.union([z.strictObject({ user: z.string() }), z.strictObject({ machine: z.string() })]);
const clockBody = z.strictObject({ advance: z.string() });

/** The hooks by method and path. The caller has checked that the request comes from this machine. */
export function createHooks(
  options: HookOptions,
): (request: IncomingMessage, path: string) => Promise<PlainAnswer | undefined> {
  const index: Hook = async (request) => hooksIndex(request, listed(options));
  const hooks: Record<string, Record<string, Hook>> = {
    '/_local': { GET: index },
    '/_local/': { GET: index },
    '/_local/token': { POST: (request) => mintToken(request, options) },
    '/_local/clock': { POST: (request) => advanceClock(request, options) },
    '/_local/inbox': { GET: async (request) => inboxAnswer(request, options.mails()) },
    '/_local/inbox/mail': { GET: async (request) => mailAnswer(request, options.mails()) },
    '/_local/trail': {
      GET: async (request) => jsonAnswer({ Records: recordsFor(request, options.trail()) }),
    },
    '/_local/events': { GET: async () => jsonAnswer({ events: options.events() }) },
  };
  return async (request, path) => {
    const methods = hooks[path];
    if (!methods) return undefined;
    const hook = methods[request.method === 'HEAD' ? 'GET' : (request.method ?? '')];
    if (hook) return hook(request);
    const allow = Object.keys(methods).join(', ');
    const problem = { status: 405, code: 'method_not_allowed', detail: `Only ${allow} is possible here.` };
    throw new ProblemError({ ...problem, headers: { allow } });
  };
}

const listed = ({ users: [user] }: HookOptions): ListedHook[] => [
  { path: '/_local/inbox', what: 'Every mail that Countersign sent.' },
  {
    path: '/_local/token',
    what: 'A bearer token of a sample user, or of a machine of the catalogue (“machine” and its name).',
    example: { user: user?.email ?? 'alice@example.com' },
  },
  {
    path: '/_local/clock',
    what: 'Moves the time of the whole server forward; there is no way back.',
    example: { advance: 'PT1H' },
  },
  { path: '/_local/trail', what: 'What CloudTrail would have on record of the calls to AWS.' },
  { path: '/_local/events', what: 'What was sent to EventBridge.' },
];

async function mintToken(request: IncomingMessage, options: HookOptions): Promise<PlainAnswer> {
  const body = await parsedBody(request, tokenBody, '{"user": "alice@example.com"}');
  if ('machine' in body) {
    const machine = options.machines.find(
      ({ name, roleArn }) => body.machine === name || body.machine === roleArn,
    );
    if (!machine)
      throw unknownName(
        'machine',
        options.machines.map(({ name }) => name),
      );
    return jsonAnswer({ access_token: await options.mintMachineToken(machine) });
  }
  const email = emailSchema.safeParse(body.user).data;
  const user = options.users.find((candidate) => candidate.email === email);
  if (!user)
    throw unknownName(
      'user',
      options.users.map((candidate) => candidate.email),
    );
  return jsonAnswer({ access_token: await options.mintUserToken(user) });
}

/*
 * MOVES TIME for every part of the local server at once: tokens, credentials, grants and deadlines age together, and
 * there is no way back. It exists so that an eight-hour grant can be watched to its end in seconds.
 */
async function advanceClock(request: IncomingMessage, options: HookOptions): Promise<PlainAnswer> {
  const { advance } = await parsedBody(request, clockBody, '{"advance": "PT1H"}');
  const seconds = parseDuration(advance);
  if (seconds === undefined) throw malformed('`advance` is an ISO 8601 duration such as PT1H.');
  return jsonAnswer({ now: new Date(await options.advance(seconds * 1000)).toISOString() });
}

async function parsedBody<Body>(
  request: IncomingMessage,
  schema: z.ZodType<Body>,
  example: string,
): Promise<Body> {
  const text = (await readBody(request, 10_000)).toString();
  const body = schema.safeParse(jsonOf(text));
  if (!body.success) throw malformed(`The body has to be JSON like ${example}.`);
  return body.data;
}

const malformed = (detail: string): ProblemError =>
  new ProblemError({ status: 400, code: 'malformed', detail });

const unknownName = (kind: string, known: string[]): ProblemError =>
  new ProblemError({
    status: 422,
    code: `unknown_${kind}`,
    detail: `There is no such sample ${kind}. These there are: ${known.join(', ') || 'none'}.`,
    extra: { [`${kind}s`]: known },
  });

/** `?request=01…` asks for the records that name one request: as session name, tag or execution. */
function recordsFor(request: IncomingMessage, records: readonly unknown[]): readonly unknown[] {
  const id = new URL(request.url ?? '/', 'http://local').searchParams.get('request');
  return id === null ? records : records.filter((record) => JSON.stringify(record).includes(id));
}
