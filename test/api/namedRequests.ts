import { anOrdersRequest, eventually, type Service, untilStatus } from '../support/service.ts';
import { alterRecord } from './tableAccess.ts';

/** Makes a request of its own in some state and answers its id. */
type Maker = (service: Service) => Promise<string>;

const ask = async (
  service: Service,
  overrides: Record<string, unknown> = {},
  user = 'alice',
): Promise<string> => {
  const { answer, id } = await anOrdersRequest(service, overrides, user);
  if (answer.status !== 201) throw new Error(`Not made: ${JSON.stringify(answer.body)}`);
  return id;
};

const post = async (service: Service, user: string, path: string, body?: object): Promise<void> => {
  const answer = await service.as(user).post(path, body);
  if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
};

export const approve = async (service: Service, id: string, user = 'bob'): Promise<void> =>
  post(service, user, `/v1/requests/${id}/decision`, {
    decision: 'approve',
    token: await service.tokenFor(user, id),
  });

const instantIn = (seconds: number): string =>
  `${new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19)}Z`;

type StateName =
  | 'pending'
  | 'halfApproved'
  | 'reminded'
  | 'scheduled'
  | 'active'
  | 'denied'
  | 'cancelled'
  | 'returned'
  | 'revoked'
  | 'failed'
  | 'breakGlass'
  | 'breakGlassToReview'
  | 'reviewed';

/** States that a case may ask for afresh (`"request": "new pending"`): quick to reach, so that they may be used up. */
export const makers: Record<StateName, Maker> = {
  pending: async (service) => {
    const id = await ask(service);
    await service.tokenFor('carol', id);
    return id;
  },
  /** Two rules; bob has approved for the first. */
  halfApproved: async (service) => {
    const id = await ask(service, { entitlement: 'orders-admin' });
    await approve(service, id);
    return id;
  },
  reminded: async (service) => {
    const id = await makers.pending(service);
    await post(service, 'alice', `/v1/requests/${id}/remind`);
    return id;
  },
  scheduled: async (service) => {
    const id = await ask(service, { startAt: instantIn(86_400) });
    await approve(service, id);
    return id;
  },
  active: async (service) => {
    const id = await ask(service);
    await approve(service, id);
    await untilStatus(service, 'alice', id, 'active');
    return id;
  },
  denied: async (service) => {
    const id = await makers.pending(service);
    await post(service, 'bob', `/v1/requests/${id}/decision`, { decision: 'deny' });
    return id;
  },
  cancelled: async (service) => {
    const id = await makers.pending(service);
    await post(service, 'alice', `/v1/requests/${id}/cancel`);
    return id;
  },
  returned: async (service) => {
    const id = await makers.active(service);
    await post(service, 'alice', `/v1/requests/${id}/return`);
    return id;
  },
  revoked: async (service) => {
    const id = await makers.active(service);
    await post(service, 'ada', `/v1/requests/${id}/revoke`, { reason: 'For the tables' });
    return id;
  },
  /** Approved after somebody with access to the table had changed the record. */
  failed: async (service) => {
    const id = await makers.pending(service);
    await alterRecord(service, id, (item) => {
      const { M: terms = {} } = item.terms ?? {};
      terms.justification = { S: 'Something else altogether' };
    });
    await approve(service, id);
    await untilStatus(service, 'alice', id, 'failed');
    return id;
  },
  /** Each person has one unreviewed break-glass at most, so this one cannot be had afresh. */
  breakGlass: (service) => breakGlassOf(service, 'bob'),
  breakGlassToReview: (service) => breakGlassOf(service, 'carol'),
  reviewed: async (service) => {
    const id = await breakGlassOf(service, 'carol');
    await post(service, 'bob', `/v1/requests/${id}/review`, {
      verdict: 'justified',
      comment: 'The outage was real',
    });
    return id;
  },
};

async function breakGlassOf(service: Service, user: string): Promise<string> {
  const id = await ask(service, { entitlement: 'orders-admin', breakGlass: true, duration: 'PT10M' }, user);
  await untilStatus(service, user, id, 'active');
  return id;
}

/** One request in each state, shared by all cases that change nothing. */
export async function makeRequests(service: Service): Promise<Map<string, string>> {
  const requests = new Map<string, string>();
  // These two need the clock, which no other request shall see move.
  const [expired, ended] = [
    await ask(service, { entitlement: 'orders-glance', duration: 'PT5M' }),
    await ask(service, { duration: 'PT1M' }),
  ];
  await approve(service, ended);
  await untilStatus(service, 'alice', ended, 'active');
  await service.advance('PT61S');
  await Promise.all([
    untilStatus(service, 'alice', expired, 'expired'),
    untilStatus(service, 'alice', ended, 'ended'),
  ]);
  requests.set('expired', expired).set('ended', ended);
  for (const [name, make] of Object.entries(makers))
    if (name !== 'breakGlassToReview') requests.set(name, await make(service));
  await Promise.all(Array.from(requests, ([state, id]) => untilSettled(service, state, id)));
  return requests;
}

const open = ['pending', 'halfApproved', 'reminded', 'scheduled', 'active', 'breakGlass'];

/** The last link of a closed request's history comes a moment after its status. */
async function untilSettled(service: Service, state: string, id: string): Promise<void> {
  if (open.includes(state)) return;
  await eventually(`${state} to be settled`, async () => {
    const { body } = await service.as('trent').get(`/v1/requests/${id}`);
    return (
      body.history.at(-1).event === 'closed' &&
      body.history.every(({ notary }: { notary?: string }) => notary)
    );
  });
}
