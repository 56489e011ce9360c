import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect } from 'vitest';
import { type OpenedCredentials, ordersTable, refusalOf } from '../support/ordersTable.ts';
import { type ServerProcess, startServerProcess } from '../support/process.ts';
import { type Answer, aRecipient, type RemoteService } from '../support/service.ts';

/** One request and what its people know of it. They know nothing of crashes: they only try again. */
export interface Story {
  readonly server: ServerProcess;
  readonly recipient: Awaited<ReturnType<typeof aRecipient>>;
  readonly idempotencyKey: string;
  id: string;
  credentials: OpenedCredentials | undefined;
  /** How often the server was started again during this story. */
  restarts: number;
}

/** A step may be cut off anywhere and is then taken again from its beginning. */
export type Step = (story: Story) => Promise<void>;

export interface Scenario {
  steps: Record<string, Step>;
  /** The request's whole history. */
  events: string[];
  status: string;
}

export const startMortalServer = () => startServerProcess({ entry: ['test/crash/mortalServer.ts'] });

export async function aStory(server: ServerProcess): Promise<Story> {
  const idempotencyKey = randomUUID();
  return {
    server,
    recipient: await aRecipient(),
    idempotencyKey,
    id: '',
    credentials: undefined,
    restarts: 0,
  };
}

/** Kills the server at its n-th AWS call from now. Rejects where it died before it knew. */
export async function dieAfter({ child }: ServerProcess, calls: number): Promise<void> {
  const armed = once(child, 'message');
  child.send({ dieAfter: calls });
  const died = once(child, 'exit').then(() => Promise.reject(new Error('The server is dead already.')));
  await Promise.race([armed, died]);
}

/** AWS calls: more than any story makes. */
const more = 1_000_000;

export const liveOn: Step = ({ server }) => dieAfter(server, more);

/** Takes a step until it succeeds, starting the server again whenever it died. */
export async function persist(story: Story, step: Step): Promise<void> {
  for (;;) {
    try {
      return await step(story);
    } catch (error) {
      if (!(await diedJustNow(story.server))) throw error;
      story.restarts += 1;
      await story.server.restart();
    }
  }
}

/** A connection breaks a moment before the process is known to be gone. */
async function diedJustNow(server: ServerProcess): Promise<boolean> {
  for (let attempt = 0; attempt < 20 && server.isRunning(); attempt += 1)
    await new Promise((resolve) => setTimeout(resolve, 25));
  return !server.isRunning();
}

/** Real seconds that the service gets, before a story that saw a crash lets a minute pass. */
const patienceSeconds = 0.5;
/** Minutes within which `reconcile` has to have repaired whatever a crash left behind. */
const repairMinutes = 8;

/**
 * Waits until a probe finds something. After a crash minutes pass meanwhile, as they would for real people: a lost signal
 * is nothing but a delay, of a few minutes at most.
 */
async function patiently<Found>(
  { server, restarts }: Story,
  what: string,
  probe: () => Promise<Found | undefined | false>,
): Promise<Found> {
  const rounds = restarts > 0 ? repairMinutes : 40;
  for (let round = 0; ; round += 1) {
    const deadline = performance.now() + patienceSeconds * 1_000;
    while (performance.now() < deadline) {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (round === rounds)
      throw new Error(`Waited in vain for ${what}. The server wrote:\n${server.stderr()}`);
    if (restarts > 0) await server.service.advance('PT1M');
  }
}

const requestOf = async ({ server, id }: Story): Promise<Answer['body']> =>
  (await server.service.as('alice').get(`/v1/requests/${id}`)).body;

/** Posts; a repeat of what an earlier, cut-off attempt has done already is as good. */
async function postOnce(
  story: Story,
  { user, path, body }: { user: string; path: string; body?: object },
  isDone: (request: Answer['body']) => boolean,
): Promise<void> {
  const answer = await story.server.service.as(user).post(`/v1/requests/${story.id}/${path}`, body);
  if (answer.status === 200) return;
  expect([answer.status, answer.body]).toEqual([409, expect.anything()]);
  expect(story.restarts, 'Nobody did this before').toBeGreaterThan(0);
  expect(isDone(await requestOf(story)), JSON.stringify(answer.body)).toBe(true);
}

const ask: Step = async (story) => {
  const body = {
    entitlement: 'orders-read',
    duration: 'PT15M',
    justification: 'Customer asks where order 1001 is',
    recipientKey: story.recipient.recipientKey,
  };
  const headers = { 'idempotency-key': story.idempotencyKey };
  const answer = await story.server.service.as('alice').post('/v1/requests', body, headers);
  expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
  if (story.id !== '') expect(answer.body.id).toBe(story.id);
  story.id = answer.body.id;
};

const invitation =
  ({ server, id }: Story, user: string) =>
  async (): Promise<string | undefined> =>
    (await server.service.inbox()).findLast(
      (mail) => mail.requestId === id && mail.to.includes(`${user}@example.com`) && mail.approvalToken,
    )?.approvalToken;

const invited: Step = async (story) => {
  for (const user of ['bob', 'carol'])
    await patiently(story, `an invitation of ${user}`, invitation(story, user));
};

const approve: Step = async (story) => {
  const token = await patiently(story, 'an invitation of bob', invitation(story, 'bob'));
  await postOnce(story, { user: 'bob', path: 'decision', body: { decision: 'approve', token } }, (request) =>
    request.decisions.some((decision: { decision: string }) => decision.decision === 'approve'),
  );
};

const receive: Step = async (story) => {
  const { service } = story.server;
  const sealed = await patiently(story, 'the credentials', async () => {
    const { status, body } = await service.as('alice').get(`/v1/requests/${story.id}/credentials`);
    return status === 200 && body;
  });
  story.credentials = await story.recipient.open(sealed.jwe);
};

const orders = ({ server, credentials }: Story) => {
  if (!credentials) throw new TypeError('The credentials have not been received.');
  return ordersTable(server.awsUrl, credentials);
};

const use: Step = async (story) => {
  expect(await orders(story).read()).toBe('1001');
  expect(await refusalOf(orders(story).remove())).toBeDefined();
};

/** Denied before the grant's end would have done it: by the deny list. */
export const deniedByList: Step = async (story) => {
  await patiently(story, 'the session to be denied', () => refusalOf(orders(story).read()));
  const { now } = (await story.server.service.call('POST', '/_local/clock', { body: { advance: 'PT0S' } }))
    .body;
  const { history } = await requestOf(story);
  const { detail } = history.find(({ event }: { event: string }) => event === 'issued');
  expect(Date.parse(now)).toBeLessThan(Date.parse(detail.end));
};

const passTime =
  (duration: string): Step =>
  ({ server }) =>
    server.service.advance(duration);

/** Closed, with evidence for every entry: what the service owes after each request. */
const settled: Step = async (story) => {
  await patiently(story, `request ${story.id} to be settled`, async () => {
    const { history } = await requestOf(story);
    return history.at(-1).event === 'closed' && history.every((entry: { notary?: string }) => entry.notary);
  });
};

const refusedAfterwards: Step = async (story) => {
  expect(await refusalOf(orders(story).read())).toBeDefined();
  expect((await story.server.service.as('alice').get(`/v1/requests/${story.id}/credentials`)).status).toBe(
    410,
  );
};

const granted = { ask, invited, approve, receive, use };

export const scenarios: Record<string, Scenario> = {
  ended: {
    steps: { ...granted, timeIsUp: passTime('PT16M'), settled, refusedAfterwards },
    events: ['requested', 'approved', 'issued', 'ended', 'closed'],
    status: 'ended',
  },
  returned: {
    steps: {
      ...granted,
      giveBack: (story) =>
        postOnce(story, { user: 'alice', path: 'return' }, ({ status }) => status === 'ended'),
      deniedByList,
      settled,
      refusedAfterwards,
    },
    events: ['requested', 'approved', 'issued', 'returned', 'closed'],
    status: 'ended',
  },
  revoked: {
    steps: {
      ...granted,
      revoke: (story) =>
        postOnce(
          story,
          { user: 'ada', path: 'revoke', body: { reason: 'Left the team' } },
          ({ status }) => status === 'revoked',
        ),
      deniedByList,
      settled,
      refusedAfterwards,
    },
    events: ['requested', 'approved', 'issued', 'revoked', 'closed'],
    status: 'revoked',
  },
  denied: {
    steps: {
      ask,
      invited,
      deny: (story) =>
        postOnce(
          story,
          { user: 'bob', path: 'decision', body: { decision: 'deny' } },
          ({ status }) => status === 'denied',
        ),
      settled,
    },
    events: ['requested', 'denied', 'closed'],
    status: 'denied',
  },
  cancelled: {
    steps: {
      ask,
      withdraw: (story) =>
        postOnce(story, { user: 'alice', path: 'cancel' }, ({ status }) => status === 'cancelled'),
      settled,
    },
    events: ['requested', 'cancelled', 'closed'],
    status: 'cancelled',
  },
  expired: {
    steps: { ask, invited, nobodyDecides: passTime('PT4H1M'), settled },
    events: ['requested', 'expired', 'closed'],
    status: 'expired',
  },
};

/** The request as an auditor reads it. */
export const auditedRequest = async (service: RemoteService, id: string): Promise<Answer['body']> =>
  (await service.as('trent').get(`/v1/requests/${id}`)).body;
