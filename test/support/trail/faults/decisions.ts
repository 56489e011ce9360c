import type { Decision, GrantWindow, Occurrence } from '#domain/accessRequest.ts';
import { chain } from '#domain/history.ts';
import { type Identity, sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Wish } from '#domain/newRequest.ts';
import { alice, aMachine, anApproval, bob, carol, dave, erin, type Human, mallory } from '../../builders.ts';
import { useMuch } from '../countersign/calls.ts';
import type { Installation } from '../countersign/installation.ts';
import { issue, openSession } from '../countersign/sessions.ts';
import { brokenGlass } from '../countersign/stories/breakGlass.ts';
import {
  attestationOf,
  beginStory,
  decide,
  happen,
  runOut,
  type Story,
  settle,
} from '../countersign/story.ts';
import { lately, type World } from '../world.ts';
import { recordOf } from './edits.ts';
import { type Expected, type Fault, may, must } from './fault.ts';
import { idOf, told } from './told.ts';

interface Waved {
  who: Identity;
  wish?: Partial<Wish>;
  /** Who approved, minutes after it was made; the last of them opens the window, whatever the rules say. */
  by: Human[];
  afterMinutes?: number;
  installation?: Installation;
}

/** A grant that functions let through which no longer ask the rules: asked for, approved by whom it says, used, ended. */
async function wavedThrough(world: World, waved: Waved): Promise<Story> {
  const { who, wish, by, afterMinutes = 5, installation = world.installation } = waved;
  const at = lately(world);
  const story = await beginStory(installation, { who, wish: { durationSeconds: 900, ...wish }, at });
  const decidedAt = addSeconds(at, 60 * afterMinutes);
  const window: GrantWindow = { startsAt: decidedAt, endsAt: addSeconds(decidedAt, 900) };
  for (const [index, approver] of by.entries()) {
    const last = index === by.length - 1;
    await happen(story, approvedBy(approver, { at: decidedAt, ...(last && { window }) }), {
      attester: 'decisions',
    });
  }
  useMuch(story, await issue(story, addSeconds(decidedAt, 2)), 300);
  await runOut(story);
  return story;
}

function approvedBy(
  approver: Human,
  { at, window, ...over }: { at: Instant; window?: GrantWindow } & Partial<Decision>,
): Occurrence {
  const decision = anApproval(approver, { decidedAt: at, ...over });
  return { event: 'approved', decision, ...(window && { window }), at, by: sourceIdentityOf(approver) };
}

/** A grant that was let through without the decisions it needed. */
const undecided = (name: string, waved: Waved): Fault => ({
  name,
  async plant(world) {
    const story = await wavedThrough(world, waved);
    return [must('missing-decision', idOf(story))];
  },
});

/** A grant that somebody approved for themselves. */
const ownDecision = (name: string, waved: Waved | ((world: World) => Waved)): Fault => ({
  name,
  async plant(world) {
    const story = await wavedThrough(world, typeof waved === 'function' ? waved(world) : waved);
    return [must('own-decision', idOf(story)), may('missing-decision', idOf(story))];
  },
});

const known = (person: Human, email: string): Human => ({
  ...person,
  email,
  subject: `other ${person.subject}`,
});

/** Grants that were not decided on as they had to be. */
export const decisionFaults: readonly Fault[] = [
  undecided('One person approved what needs two.', {
    who: dave,
    wish: { entitlement: 'orders-admin' },
    by: [bob],
  }),
  undecided('Two leads approved what needs a lead and security.', {
    who: dave,
    wish: { entitlement: 'orders-admin' },
    by: [bob, carol],
  }),
  undecided('Somebody approved who is no approver.', { who: alice, by: [mallory] }),
  undecided('A colleague of the requester approved, who is no approver.', { who: alice, by: [dave] }),
  undecided('Security approved before it was asked.', { who: alice, by: [erin], afterMinutes: 10 }),
  undecided('One lead approved twice, where a lead and security have to.', {
    who: dave,
    wish: { entitlement: 'orders-admin' },
    by: [bob, bob],
  }),
  {
    name: 'Somebody was granted by break-glass who may not have it.',
    async plant(world) {
      const { installation } = world;
      const at = lately(world);
      // Carol's request in every other way, made by dave.
      const lead = { ...dave, groups: ['orders-leads'] };
      const wish = { entitlement: 'orders-admin', breakGlass: true, durationSeconds: 900 };
      const story = await beginStory(installation, { who: lead, wish, at });
      useMuch(story, await issue(story, addSeconds(at, 1)), 300);
      await runOut(story);
      await reviewedBy(story, bob, addSeconds(at, 7_200));
      return [must('missing-decision', idOf(story))];
    },
  },
  {
    name: 'A session was made for a request that was denied, and put on record.',
    plant: deniedButIssued,
  },
  ownDecision('A lead approved what she had asked for.', {
    who: carol,
    wish: { entitlement: 'orders-admin' },
    by: [carol, erin],
  }),
  ownDecision('A lead approved under an address with a tag.', {
    who: carol,
    wish: { entitlement: 'orders-admin' },
    by: [known(carol, 'carol+oncall@example.com'), erin],
  }),
  ownDecision('Somebody approved under her other address.', (world) => ({
    who: alice,
    by: [known(alice, 'alice.archer@example.com')],
    installation: world.second,
  })),
  ownDecision('A lead approved in capital letters.', {
    who: carol,
    wish: { entitlement: 'orders-admin' },
    by: [known(carol, 'Carol@Example.com'), erin],
  }),
  ownDecision('Somebody approved what a machine asked for that he runs.', (world) => ({
    who: aMachine,
    by: [bob],
    installation: world.second,
  })),
  {
    name: 'Somebody reviewed their own break-glass.',
    async plant(world) {
      const at = lately(world);
      const story = await brokenGlass(world.installation, at);
      await runOut(story);
      await reviewedBy(story, carol, addSeconds(at, 3_600));
      return [must('own-decision', idOf(story)), may('break-glass-not-reviewed', idOf(story))];
    },
  },
  {
    name: 'Somebody approved after the session had been issued.',
    async plant(world) {
      const at = lately(world);
      const wish = { entitlement: 'orders-admin', durationSeconds: 900 };
      const story = await beginStory(world.installation, { who: dave, wish, at });
      await decide(story, bob, { at: addSeconds(at, 60) });
      const startsAt = addSeconds(at, 120);
      const window = { startsAt, endsAt: addSeconds(startsAt, 900) };
      const pending = story.request;
      story.request = { ...pending, status: 'scheduled', window } as Story['request'];
      const early = await openSession(story, addSeconds(startsAt, 1));
      story.sessions.push(early);
      story.request = pending;
      const decided = { at: addSeconds(startsAt, 400), window };
      await happen(story, approvedBy(erin, decided), { attester: 'decisions' });
      useMuch(story, await issue(story, addSeconds(startsAt, 410)), 300);
      await runOut(story);
      const of = [idOf(story), recordOf(early).eventID];
      return [
        must('missing-decision', ...of),
        may('effect-without-evidence', ...of),
        may('session-outside-window', ...of),
        may('session-for-other-terms', ...of),
      ];
    },
  },
];

async function reviewedBy(story: Story, reviewer: Human, at: Instant): Promise<void> {
  const verdict = { verdict: 'justified', comment: 'It had to be' } as const;
  await happen(
    story,
    { event: 'reviewed', ...verdict, at, by: sourceIdentityOf(reviewer) },
    { attester: 'decisions' },
  );
  await settle(story, addSeconds(at, 1));
}

async function deniedButIssued(world: World): Promise<Expected[]> {
  const story = await told(world, 'denied');
  const { installation, request } = story;
  const denied = request.history.find(({ event }) => event === 'denied');
  if (!denied) throw new RangeError('It was not denied.');
  const startsAt = addSeconds(denied.at, 60);
  const window = { startsAt, endsAt: addSeconds(startsAt, 900) };
  const open = { ...request, status: 'scheduled', window } as Story['request'];
  const issued = await openSession({ ...story, request: open }, addSeconds(startsAt, 1));
  story.sessions.push(issued);
  useMuch({ ...story, request: open }, issued, 300);
  const entry = chain(idOf(story), request.history.slice(0, 2), {
    event: 'issued',
    at: addSeconds(startsAt, 1),
    by: 'countersign',
    detail: {
      sequence: 1,
      accessKeyId: issued.session.accessKeyId,
      start: window.startsAt,
      end: window.endsAt,
      stsExpiresAt: issued.session.stsExpiresAt,
    },
  });
  const forged = { ...request, history: [...request.history.slice(0, 2), entry] } as Story['request'];
  const { record } = await attestationOf(installation, forged, { attester: 'issueSession' });
  world.extra.push(record);
  const of = [idOf(story), record.eventID, recordOf(issued).eventID];
  return [
    must('missing-decision', ...of),
    ...[
      'broken-chain',
      'effect-without-evidence',
      'session-outside-window',
      'call-after-end',
      'session-for-other-terms',
      'session-policy-differs',
    ].map((rule) => may(rule, ...of)),
  ];
}
