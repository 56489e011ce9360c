import { describe, expect, it } from 'vitest';
import {
  type AccessRequest,
  evolve,
  historyHolds,
  isClosed,
  isSettled,
  type Status,
} from '#domain/accessRequest.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import { boundaryPolicy, denySession, emptyDenyList } from '#domain/denyList.ts';
import { chain } from '#domain/history.ts';
import { type Instant, millisecondsOf } from '#domain/instant.ts';
import { endSessionPolicy } from '#domain/sessionPolicy.ts';
import {
  aCatalogue,
  ada,
  alice,
  anId,
  aRequest,
  aSession,
  aWindow,
  bob,
  type CatalogueSource,
  carol,
  entitlementIn,
  erin,
  followedBy,
  frank,
  type Happening,
  type Human,
  madeAt,
  mallory,
  type RequestOptions,
} from '../support/builders.ts';
import {
  type Action,
  cancellingBy,
  clockSteps,
  decidingBy,
  deploying,
  forgery,
  keyOf,
  returningBy,
  reviewingBy,
  revokingBy,
  type State,
  wake,
  workOn,
} from './lifecycleModel.ts';

const aliceElsewhere: Human = {
  ...alice,
  issuer: 'https://other.example.com',
  subject: 'partner-7',
  email: 'alice@partner.example.org',
};
const aliceTagged: Human = { ...alice, subject: 'user-alice-lead', email: 'alice+lead@example.com' };
const leads = [bob.email, carol.email];
const security = [erin.email, frank.email];

/** The repository's catalogue, in which the requester stands among the approvers under two more addresses. */
const withAliases = (edit: (source: CatalogueSource) => void = () => {}): Catalogue =>
  aCatalogue((source) => {
    source.people = [[alice.email, aliceElsewhere.email]];
    source.groups['orders-leads'] = [...leads, aliceElsewhere.email, aliceTagged.email];
    edit(source);
  });

interface Scenario {
  options: RequestOptions;
  actions: Action[];
  depth: number;
  /** The statuses that it gets to, in order of the alphabet. */
  reaches: Status[];
  /** In this test's own words: whether these approvals, by address and time, are enough. */
  enough(approvals: { email: string; at: Instant }[]): boolean;
}

const decisionsBy = (...people: Human[]): Action[] =>
  people.flatMap((person) => [
    decidingBy(person, { decision: 'approve' }),
    decidingBy(person, { decision: 'approve', durationSeconds: 600 }),
    decidingBy(person, { decision: 'deny' }),
  ]);
const stealing = [
  decidingBy(mallory, { decision: 'approve', tokenOf: bob }),
  decidingBy(carol, { decision: 'approve', tokenOf: bob }),
  decidingBy(alice, { decision: 'approve', tokenOf: bob }),
];
const ending = [
  cancellingBy(alice),
  cancellingBy(mallory),
  returningBy(alice),
  returningBy(bob),
  revokingBy(bob),
  revokingBy(ada),
  revokingBy(alice),
  revokingBy(aliceElsewhere),
  revokingBy(mallory),
];
const reviewing = [alice, bob, carol, erin, mallory].map(reviewingBy);
const own = decisionsBy(alice, aliceElsewhere, aliceTagged);

const oneOfTheLeads = (approvals: { email: string; at: Instant }[]): boolean =>
  approvals.some(
    ({ email, at }) => leads.includes(email) || (security.includes(email) && at >= '2026-11-22T10:30:00Z'),
  );
const oneOfEach = (approvals: { email: string }[]): boolean =>
  approvals.some(({ email }) => leads.includes(email)) &&
  approvals.some(({ email }) => security.includes(email));

const edited = withAliases((source) => {
  entitlementIn(source, 'orders-read').maxDuration = 'PT9H';
});
const bobLeft = withAliases((source) => {
  source.groups['orders-leads'] = [carol.email];
});
const aliceLeft = withAliases((source) => {
  source.groups['orders-team'] = ['dave@example.com'];
});
const automatic = withAliases((source) => {
  entitlementIn(source, 'orders-read').approval = [];
});

const unapproved: Scenario = {
  options: { catalogue: automatic, wish: { durationSeconds: 1_500 } },
  actions: [wake, ...decisionsBy(bob, mallory), ...own, ...ending, ...reviewing],
  depth: 9,
  reaches: ['active', 'ended', 'revoked', 'scheduled'],
  enough: () => true,
};

const scenarios: Record<string, Scenario> = {
  'one rule, with escalation': {
    options: { catalogue: withAliases(), wish: { durationSeconds: 1_500 } },
    actions: [wake, ...decisionsBy(bob, carol, erin, mallory), ...own, ...stealing, ...ending],
    depth: 6,
    reaches: ['active', 'cancelled', 'denied', 'ended', 'expired', 'pending', 'revoked', 'scheduled'],
    enough: oneOfTheLeads,
  },
  'two rules of two groups': {
    options: { catalogue: withAliases(), wish: { entitlement: 'orders-admin', durationSeconds: 1_200 } },
    actions: [wake, ...decisionsBy(bob, carol, erin, frank), ...own, ...stealing, ...ending],
    depth: 5,
    reaches: ['active', 'cancelled', 'denied', 'ended', 'expired', 'pending', 'revoked', 'scheduled'],
    enough: oneOfEach,
  },
  'a start that lies ahead': {
    options: { catalogue: withAliases(), wish: { startAt: '2026-11-22T10:40:00Z', durationSeconds: 1_000 } },
    actions: [wake, ...decisionsBy(bob, erin), ...own, ...ending],
    depth: 6,
    reaches: ['active', 'cancelled', 'denied', 'ended', 'expired', 'pending', 'revoked', 'scheduled'],
    enough: oneOfTheLeads,
  },
  'break-glass': {
    options: { catalogue: withAliases(), who: bob, wish: { entitlement: 'orders-admin', breakGlass: true } },
    actions: [
      wake,
      ...decisionsBy(bob, carol, erin),
      ...reviewing,
      ...[bob, alice].map(returningBy),
      ...[bob, carol, ada, mallory].map(revokingBy),
    ],
    depth: 9,
    reaches: ['active', 'ended', 'revoked', 'scheduled'],
    enough: () => true,
  },
  'nobody has to approve': unapproved,
  'a table that somebody else writes, and deployments in between': {
    options: { catalogue: withAliases(), wish: { durationSeconds: 1_500 } },
    actions: [
      wake,
      forgery,
      deploying('an edited entitlement', edited),
      deploying('a catalogue without bob', bobLeft),
      deploying('a catalogue without alice', aliceLeft),
      ...decisionsBy(bob, carol),
      ...own,
      returningBy(alice),
      revokingBy(ada),
    ],
    depth: 5,
    reaches: ['active', 'denied', 'ended', 'expired', 'failed', 'pending', 'revoked', 'scheduled'],
    enough: oneOfTheLeads,
  },
};

interface Explored {
  states: Map<string, State>;
  transitions: number;
  seen: Set<string>;
}

/** Every state that can be reached in so many steps; every step is checked as it is taken. */
function explore(scenario: Scenario): Explored {
  const { catalogue = aCatalogue() } = scenario.options;
  const first: State = { request: aRequest(scenario.options), now: madeAt, catalogue };
  const states = new Map([[keyOf(first), first]]);
  const seen = new Set<string>([first.request.status]);
  let frontier = [first];
  let transitions = 0;
  for (let depth = 0; depth < scenario.depth; depth += 1) {
    const reached: State[] = [];
    for (const state of frontier)
      for (const action of [...scenario.actions, ...clockSteps(state)]) {
        const next = action.attempt(state);
        if (!next) continue;
        transitions += 1;
        seen.add(next.request.status);
        const fault = faultOf(scenario, { state, action, next });
        if (fault)
          expect.fail(
            `${fault}: ${action.name} at ${state.now}, ${state.request.status} → ${next.request.status}\n${keyOf(state)}`,
          );
        const key = keyOf(next);
        if (states.has(key)) continue;
        states.set(key, next);
        reached.push(next);
      }
    frontier = reached;
  }
  return { states, transitions, seen };
}

interface Step {
  state: State;
  action: Action;
  next: State;
}

type Invariant = (step: Step, scenario: Scenario) => boolean;

const approvalsIn = ({ decisions }: AccessRequest) =>
  decisions.filter(({ decision }) => decision === 'approve');
const changed = ({ state, next, action }: Step): boolean =>
  state.request !== next.request && action !== forgery;
const issued = (step: Step): boolean => changed(step) && step.next.request.history.at(-1)?.event === 'issued';

/** A request is one and the same object before and after all the steps that leave it alone, and is never changed. */
const leadsThere = remembered(historyHolds);

function remembered(holds: (request: AccessRequest) => boolean): typeof holds {
  const known = new WeakMap<AccessRequest, boolean>();
  return (request) => {
    const answer = known.get(request) ?? holds(request);
    known.set(request, answer);
    return answer;
  };
}

/** When the grant ends at the latest, reckoned here from what was asked for and decided. */
function latestEnd(request: AccessRequest): number {
  const { createdAt, startAt = createdAt, durationSeconds } = request.terms;
  const approvals = approvalsIn(request);
  const start = Math.max(
    ...[createdAt, startAt, ...approvals.map(({ decidedAt }) => decidedAt)].map(millisecondsOf),
  );
  return (
    start +
    1_000 * Math.min(durationSeconds, ...approvals.flatMap((approval) => approval.durationSeconds ?? []))
  );
}

/** The service's promises. Each holds for every step; true means kept. */
const invariants: Record<string, Invariant> = {
  'a grant is never active without every rule met': (step, { enough }) =>
    !issued(step) ||
    enough(
      approvalsIn(step.next.request).map(({ approver, decidedAt }) => ({
        email: approver.email,
        at: decidedAt,
      })),
    ),
  'a grant is never scheduled by a decision that leaves a rule unmet': (step, { enough }) =>
    !changed(step) ||
    step.state.request.status !== 'pending' ||
    step.next.request.status !== 'scheduled' ||
    enough(
      approvalsIn(step.next.request).map(({ approver, decidedAt }) => ({
        email: approver.email,
        at: decidedAt,
      })),
    ),
  'nothing is issued before the start': (step) =>
    !issued(step) || step.next.now >= (step.next.request.terms.startAt ?? step.next.request.terms.createdAt),
  'nothing is issued at or after the end, reckoned from the shortest duration': (step) =>
    !issued(step) || millisecondsOf(step.next.now) < latestEnd(step.next.request),
  'no session reaches beyond the grant': (step) => {
    const { request } = step.next;
    if (!issued(step) || request.status !== 'active') return true;
    const policy = endSessionPolicy(request.terms.sessionPolicy, request.window.endsAt);
    const deny = JSON.parse(policy).Statement[0];
    return (
      millisecondsOf(request.window.endsAt) === latestEnd(request) &&
      deny.Effect === 'Deny' &&
      deny.Action === '*' &&
      deny.Condition.DateGreaterThanEquals['aws:CurrentTime'] === request.window.endsAt &&
      (request.session.reissueAt === undefined || request.session.reissueAt < request.window.endsAt)
    );
  },
  'no session is issued before the one before is due': (step) => {
    const { state, next } = step;
    if (!issued(step) || state.request.status !== 'active') return true;
    const due = state.request.session.reissueAt;
    return (
      next.request.status === 'active' &&
      due !== undefined &&
      next.now >= due &&
      next.request.session.sequence === state.request.session.sequence + 1
    );
  },
  'a session lives 15 minutes to an hour': (step) => {
    const { request } = step.next;
    if (!issued(step) || request.status !== 'active') return true;
    const life = millisecondsOf(request.session.stsExpiresAt) - millisecondsOf(request.session.issuedAt);
    return life >= 900_000 && life <= 3_600_000;
  },
  'nobody decides on their own request': ({ next }, { options: { who = alice } }) =>
    next.request.decisions.every(
      ({ approver }) =>
        approver.subject !== ('subject' in who ? who.subject : '') &&
        (who !== alice || !approver.email.startsWith('alice')),
    ),
  'nobody decides twice': ({ next }) =>
    new Set(next.request.decisions.map(({ approver }) => approver.email)).size ===
    next.request.decisions.length,
  'strangers never decide': ({ next }) =>
    next.request.decisions.every(
      ({ approver }) => leads.includes(approver.email) || security.includes(approver.email),
    ),
  'a decision never counts at the deadline or later': ({ next }) =>
    next.request.decisions.every(
      ({ decidedAt }) =>
        decidedAt < next.request.terms.expiresAt && decidedAt >= next.request.terms.createdAt,
    ),
  'a denial closes the request': ({ next }) =>
    !next.request.decisions.some(({ decision }) => decision === 'deny') || next.request.status === 'denied',
  'decisions are added to, never changed': (step) =>
    step.state.request.decisions.every(
      (decision, index) => JSON.stringify(decision) === JSON.stringify(step.next.request.decisions[index]),
    ),
  'a closed request never reopens: its status never changes': ({ state, next }) =>
    !isClosed(state.request) || next.request.status === state.request.status,
  'after `closed` nothing happens at all': (step) => !isSettled(step.state.request) || !changed(step),
  '`closed` is the last link and stands there once': ({ next }) => {
    const place = next.request.history.findIndex(({ event }) => event === 'closed');
    return place < 0 || (isClosed(next.request) && place === next.request.history.length - 1);
  },
  'with `closed` no sealed session is left': ({ next: { request } }) =>
    !isSettled(request) || !('session' in request) || request.session?.jwe === undefined,
  'every effect has its evidence: one link more, chained to the last': (step) => {
    const { history, terms } = step.next.request;
    const before = step.state.request.history;
    if (!changed(step)) return history === before;
    const last = history.at(-1);
    if (
      !last ||
      history.length !== before.length + 1 ||
      before.some((entry, index) => entry !== history[index])
    )
      return false;
    const { hash, previous, notary: _, ...entry } = last;
    const expected = chain(terms.id, before, entry);
    return expected.hash === hash && expected.previous === previous && entry.at === step.state.now;
  },
  'the history leads to the status, whatever happens but a forgery': (step) =>
    !changed(step) || !leadsThere(step.state.request) || leadsThere(step.next.request),
  'nothing is issued on a history that does not lead there': (step) =>
    !issued(step) || leadsThere(step.state.request),
  'what was asked for never changes': ({ state, next }) =>
    next.request.terms === state.request.terms && next.request.digest === state.request.digest,
  'a break-glass that was used is closed only after somebody else has reviewed it': ({ next: { request } }) =>
    !isSettled(request) ||
    !request.terms.breakGlass ||
    !('session' in request) ||
    request.review !== undefined,
  'only another approver reviews, and only a break-glass': ({ next: { request } }) =>
    request.review === undefined ||
    (request.terms.breakGlass &&
      request.review.by !== request.terms.requester.email &&
      [...leads, ...security].includes(request.review.by)),
  'what is reviewed is over: the review ends a grant that runs': ({ next: { request } }) =>
    request.review === undefined || isClosed(request),
  'a review is given once and stands': ({ state, next }) =>
    state.request.review === undefined || next.request.review === state.request.review,
  'a request ends by its own time, by a decision, or by somebody who may': (step) => {
    if (!changed(step)) return true;
    const last = step.next.request.history.at(-1);
    if (last?.event === 'revoked') return last.by !== mallory.email && !last.by.startsWith('alice');
    if (last?.event === 'cancelled' || last?.event === 'returned')
      return last.by === step.next.request.terms.requester.email;
    return true;
  },
};

const promises = Object.entries(invariants);
const faultOf = (scenario: Scenario, step: Step): string | undefined =>
  promises.find(([, holds]) => !holds(step, scenario))?.[0];

/** "nextStep always leads to an end": follows it, with the clock set to whatever it waits for. */
function deadEnd(first: State, ending: Set<string>): State | undefined {
  const passed: string[] = [];
  let state = first;
  for (let steps = 0; steps < 100; steps += 1) {
    const key = keyOf(state);
    passed.push(key);
    const work = ending.has(key) ? { done: true } : workOn(state);
    if ('done' in work) {
      for (const key of passed) ending.add(key);
      return undefined;
    }
    if ('until' in work && work.until <= state.now) return state;
    state = 'next' in work ? work.next : { ...state, now: work.until };
  }
  return state;
}

const totals = { states: 0, transitions: 0 };

describe.each(Object.entries(scenarios))(
  '%s: in every order of commands, wakes and clock steps',
  (_, scenario) => {
    let explored: Explored;

    it(`keeps all ${promises.length} promises`, () => {
      // Fails on the first step that breaks one; a space that is too small would prove nothing.
      explored = explore(scenario);
      totals.states += explored.states.size;
      totals.transitions += explored.transitions;
      expect([...explored.seen].sort()).toEqual(scenario.reaches);
    });

    it('comes to an end from everywhere by its own next steps', () => {
      const ending = new Set<string>();
      const stuck = [...explored.states.values()]
        .map((state) => deadEnd(state, ending))
        .find((state) => state !== undefined);
      expect(stuck && keyOf(stuck)).toBeUndefined();
    });
  },
);

describe('the state space', () => {
  it('was explored widely enough to mean something', () => {
    console.info(`State space: ${totals.states} states, ${totals.transitions} transitions.`);
    expect(totals.states).toBeGreaterThan(40_000);
    expect(totals.transitions).toBeGreaterThan(80_000);
  });

  it('has promises that can be broken: each kind of forgery is caught', () => {
    const [scenario] = Object.values(scenarios);
    if (!scenario) throw new Error('There is a scenario.');
    const request = aRequest(scenario.options);
    const state: State = { request, now: madeAt, catalogue: aCatalogue() };
    const window = { startsAt: madeAt, endsAt: '2026-11-22T12:00:00Z' };
    const session = {
      sequence: 1,
      accessKeyId: 'ASIA1',
      issuedAt: madeAt,
      stsExpiresAt: '2026-11-22T12:00:00Z',
    };
    const scheduled: AccessRequest = { ...request, status: 'scheduled', window };
    const action: Action = { name: 'a bug', attempt: () => undefined };
    const active = evolve(scheduled, { event: 'issued', session, window, at: madeAt, by: 'countersign' });
    const fault = (from: AccessRequest, to: AccessRequest) =>
      faultOf(scenario, { state: { ...state, request: from }, action, next: { ...state, request: to } });
    expect(fault(scheduled, active)).toBe('a grant is never active without every rule met');
    expect(fault(request, { ...request, digest: 'A'.repeat(43) })).toBeDefined();
    expect(fault(request, { ...active, history: request.history })).toBeDefined();
    expect(fault({ ...request, status: 'denied', closedAt: madeAt }, request)).toBe(
      'a closed request never reopens: its status never changes',
    );
  });

  it('has promises about reviews that can be broken', () => {
    const scenario = scenarios['break-glass'];
    if (!scenario) throw new Error('There is a scenario.');
    const request = aRequest(scenario.options);
    const catalogue = aCatalogue();
    const [window, session] = [aWindow, aSession()];
    const happenings: Happening[] = [{ event: 'issued', session, window }, { event: 'ended' }];
    const used = followedBy(request, ...happenings);
    const review = { verdict: 'justified' as const, comment: 'x', by: carol.email, at: madeAt };
    const action: Action = { name: 'a bug', attempt: () => undefined };
    const holds = (promise: string, from: AccessRequest, to: AccessRequest): boolean | undefined => {
      const at = (which: AccessRequest): State => ({ request: which, now: madeAt, catalogue });
      return invariants[promise]?.({ state: at(from), action, next: at(to) }, scenario);
    };
    const closedOnly = 'a break-glass that was used is closed only after somebody else has reviewed it';
    expect(holds(closedOnly, used, followedBy(used, { event: 'closed' }))).toBe(false);
    const unused = followedBy(request, { event: 'returned' });
    expect(holds(closedOnly, unused, followedBy(unused, { event: 'closed' }))).toBe(true);
    const over = 'what is reviewed is over: the review ends a grant that runs';
    expect(holds(over, request, { ...request, review })).toBe(false);
    expect(holds(over, used, { ...used, review })).toBe(true);
    const another = 'only another approver reviews, and only a break-glass';
    expect(holds(another, used, { ...used, review })).toBe(true);
    for (const by of [bob.email, mallory.email])
      expect(holds(another, used, { ...used, review: { ...review, by } }), by).toBe(false);
    const once = 'a review is given once and stands';
    expect(holds(once, { ...used, review }, { ...used, review: { ...review, by: erin.email } })).toBe(false);
  });
});

describe('two grants of one role', () => {
  it('never share fate: whatever ends one, the other is neither ended nor denied', () => {
    const catalogue = withAliases();
    const other = aRequest({ catalogue, id: anId(2) });
    const { states } = explore({ ...unapproved, depth: 6 });
    let ended = 0;
    for (const { request, now } of states.values()) {
      if (!isClosed(request) || !request.window || !request.session) continue;
      ended += 1;
      const { issuedAt, stsExpiresAt } = request.session;
      const early = { requestId: request.terms.id, until: request.window.endsAt, issuedAt, stsExpiresAt };
      const boundary = boundaryPolicy(denySession(emptyDenyList, early, now));
      expect(boundary).toContain(request.terms.id);
      expect(boundary).not.toContain(other.terms.id);
      expect(boundary).not.toContain('TokenIssueTime');
      expect(workOn({ request: other, now: madeAt, catalogue })).toEqual({ until: '2026-11-22T10:30:00Z' });
    }
    expect(ended).toBeGreaterThan(50);
  });
});
