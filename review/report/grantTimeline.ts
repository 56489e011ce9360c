import type { EventName } from '#domain/history.ts';
import { addSeconds, earliest, type Instant, latest, secondsBetween } from '#domain/instant.ts';
import { activityOf, callsOf } from '../grants/activity.ts';
import { endOf } from '../grants/end.ts';
import type { Grant } from '../grants/grant.ts';
import type { Call } from '../reader/trail.ts';
import { type Html, html } from './html.ts';
import { counted, lengthBetween, timeAfter, timeOf } from './pageParts.ts';

/**
 * A grant on a line of time: what was decided, the window, its sessions, its calls. Everything in it stands in the story below it
 * too: the picture is for the eye. Places are per cent, so that letters and strokes keep their size on any screen.
 */
export function grantTimeline(grant: Grant): Html {
  const { from, to } = spanOf(grant);
  const length = Math.max(1, secondsBetween(from, to));
  const place = (at: Instant): number =>
    Math.round(Math.min(1, Math.max(0, secondsBetween(from, at) / length)) * 10_000) / 100;
  const lanes = [
    { name: 'Decided', marks: decisions(grant, place) },
    {
      name: 'Window',
      marks: grant.window ? [bar('window', place(grant.window.startsAt), place(grant.window.endsAt))] : [],
    },
    { name: 'Sessions', marks: sessions(grant, place) },
    { name: 'Calls', marks: calls(grant, place) },
  ];
  return html`<div class="timeline">
<ul class="lanes" aria-hidden="true">${lanes.map(({ name }) => html`<li>${name}</li>`)}</ul>
<svg role="img" aria-label="${describe(grant)}" width="100%" height="${lanes.length * laneHeight}">
${lanes.map(
  (
    { marks },
    index,
  ) => html`<svg x="0" y="${index * laneHeight}" width="100%" height="${laneHeight}" overflow="visible"><line class="lane" x1="0" x2="100%" y1="12" y2="12"/>${marks}</svg>
`,
)}${overLine(grant, place)}</svg>
<p class="ends" aria-hidden="true"><span>${timeOf(from)}</span><span>${lengthBetween(from, to)}</span><span>${timeAfter(from, to)}</span></p>
</div>
`;
}

const laneHeight = 24;

type Place = (at: Instant) => number;

/** From asking to the last thing that happened; a request that was closed at once still has a minute to be drawn in. */
function spanOf(grant: Grant): { from: Instant; to: Instant } {
  const { requestedAt: from, window, closedAt, chain } = grant;
  const moments = [
    window?.endsAt,
    closedAt,
    ...chain.links.map(({ happenedBy }) => happenedBy),
    ...activityOf(grant).map(({ last }) => last),
  ].filter((moment) => moment !== undefined);
  // Not spread: of a long grant there are more moments than a call takes arguments.
  return { from, to: moments.reduce((so, at) => latest(so, at), addSeconds(from, 60)) };
}

const decisions = ({ chain }: Grant, place: Place): Html[] =>
  eachOnce(
    chain.links,
    ({ evidence: { event }, happenedBy }) => `${event} ${spot(place(happenedBy))}`,
  ).flatMap(({ evidence: { event }, happenedBy }) => {
    const shape = shapes[event];
    if (!shape) return [];
    return html`<svg x="${place(happenedBy)}%" y="12" overflow="visible"><path class="mark ${shape.look}" d="${shape.path}"/></svg>`;
  });

/** Of what falls on one spot, the first is drawn: there can be any number. */
const eachOnce = <Item>(items: readonly Item[], spotOf: (item: Item) => string): Item[] =>
  [...Map.groupBy(items, spotOf).values()].flatMap((same) => same.slice(0, 1));

/** A fifth of a per cent: a pixel or two. */
const spot = (place: number): number => Math.round(place * 5) / 5;

const circle = 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0';
const tick = 'M-5 0l4 4l7-8';
const cross = 'M-4-4L4 4M4-4L-4 4';
const stop = 'M-4-4H4V4H-4Z';
/** Sessions have a lane of their own, and closing the record changes nothing any more. */
export const shapes: Partial<Record<EventName, { path: string; look: string }>> = {
  requested: { path: circle, look: 'open' },
  approved: { path: tick, look: 'good' },
  denied: { path: cross, look: 'bad' },
  cancelled: { path: cross, look: 'plain' },
  expired: { path: cross, look: 'plain' },
  returned: { path: stop, look: 'full' },
  revoked: { path: stop, look: 'full bad' },
  ended: { path: stop, look: 'full' },
  failed: { path: cross, look: 'bad' },
  reviewed: { path: tick, look: 'plain' },
};

/** What is too short to be seen is two pixels wide all the same, which a stroke gives it. */
const bar = (look: string, from: number, to: number): Html =>
  html`<rect class="bar ${look}" x="${from}%" width="${Math.max(0, Math.round((to - from) * 100) / 100)}%" y="6" height="12" rx="2"/>`;

function sessions(grant: Grant, place: Place): Html[] {
  const over = endOf(grant);
  const bars = grant.sessions.map(({ issuedAt, expiresAt = issuedAt }) => {
    const until = over === undefined ? expiresAt : earliest(expiresAt, over);
    return { from: place(issuedAt), to: place(latest(issuedAt, until)) };
  });
  return eachOnce(bars, ({ from, to }) => `${spot(from)} ${spot(to)}`).map(({ from, to }) =>
    bar('session', from, to),
  );
}

/** One tick for all calls with one outcome that fall on one spot. */
function calls(grant: Grant, place: Place): Html[] {
  const over = endOf(grant);
  const calls = callsOf(grant);
  return looks.flatMap((look) => {
    const same = calls.filter((call) => lookOf(call, over) === look);
    const places = new Set(same.map(({ at }) => spot(place(at))));
    return [...places].map(
      (x) =>
        html`<svg x="${x}%" y="12" overflow="visible"><path class="call ${look}" d="${callShapes[look]}"/></svg>`,
    );
  });
}

const looks = ['denied', 'error', 'good', 'late'] as const;

function lookOf({ at, denied, errorCode }: Call, over: Instant | undefined): (typeof looks)[number] {
  if (denied) return 'denied';
  if (errorCode !== undefined) return 'error';
  return over !== undefined && at > over ? 'late' : 'good';
}

/** Told apart by shape too: a refused call is a cross, a failed one a short stroke, one that succeeded after the end a long one. */
export const callShapes = { good: 'M0-7V7', late: 'M0-9V9', error: 'M0-3V3', denied: cross };

function overLine(grant: Grant, place: Place): Html | undefined {
  const over = endOf(grant);
  return over === undefined
    ? undefined
    : html`<line class="over" x1="${place(over)}%" x2="${place(over)}%" y1="0" y2="100%"/>`;
}

function describe(grant: Grant): string {
  const { requestedAt, window, sessions, end } = grant;
  const made = activityOf(grant).reduce((sum, session) => sum + session.calls, 0);
  return [
    `Asked for at ${requestedAt}`,
    window ? `granted from ${window.startsAt} to ${window.endsAt}` : 'never granted',
    counted(sessions.length, 'session'),
    counted(made, 'call'),
    ...(end ? [`${end.event} at ${end.at}`] : []),
  ].join(', ');
}
