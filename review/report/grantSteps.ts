import { type Instant, secondsBetween } from '#domain/instant.ts';
import { attestationSeconds } from '../findings/grantFacts.ts';
import { renderedPolicyOf } from '../findings/renderedPolicy.ts';
import type { ChainEntry, Grant, GrantSession } from '../grants/grant.ts';
import { did, type SameCalls, type Step, storyOf } from './grantStory.ts';
import { type Html, html } from './html.ts';
import { code, codeOfArn, counted, lengthBetween, lengthOf, named, timeAfter } from './pageParts.ts';

/** Steps of one grant; a week of renewals has more. */
const mostSteps = 60;

/** The story of a request as a list: who did what and when, calls in between. */
export function grantSteps(grant: Grant): Html {
  const steps = storyOf(grant);
  const left = steps.length - mostSteps;
  const told = left > 0 ? [...steps.slice(0, mostSteps - 5), ...steps.slice(-5)] : steps;
  const items = told.map(
    (step, index) =>
      html`${left > 0 && index === mostSteps - 5 && html`<li class="left-out">${counted(left, 'step')} left out here; they are in <code>calls.csv</code> and <code>review.json</code>.</li>`}${item(step, grant)}`,
  );
  return html`<ol class="story">${items}</ol>
`;
}

function item(step: Step, grant: Grant): Html {
  const time = timeAfter(grant.requestedAt, step.at);
  if (step.kind === 'calls')
    return html`<li class="calls ${outcome(step.calls)}">${time} <span>${callWords(step.calls)}</span></li>
`;
  const words = step.kind === 'entry' ? entryWords(step, grant) : unattestedWords(step.session, grant);
  return html`<li class="${step.kind}">${time} <span>${words}</span></li>
`;
}

const unattestedWords = (session: GrantSession, grant: Grant): Html =>
  html`A session was issued that no evidence answers for${sessionWords(session, grant)}`;

function entryWords({ entry, session }: Extract<Step, { kind: 'entry' }>, grant: Grant): Html {
  const { evidence, happenedBy } = entry;
  const { event, by } = evidence;
  const who = html`<strong>${named(by === 'countersign' ? 'Countersign' : by)}</strong>`;
  const differs =
    entry.content === 'differs' && html` <span class="badge critical">does not fit its hash</span>`;
  return html`${who} ${wordsOf(entry)}${after(event, happenedBy, grant)}${lateness(entry)}${session && sessionWords(session, grant)}${differs}`;
}

function wordsOf({ evidence: { event, entitlement, ticket, breakGlass } }: ChainEntry): Html | string {
  if (event !== 'requested') return did[event];
  return html`${did.requested} for ${named(entitlement)}${breakGlass && html` as break-glass`}${ticket !== undefined && html`, ticket ${named(ticket)}`}`;
}

/** How long it took, or how much of the window was left. */
function after(
  event: ChainEntry['evidence']['event'],
  at: Instant,
  { requestedAt, window }: Grant,
): Html | undefined {
  if (event === 'approved' || event === 'denied')
    return html` <span class="aside">${lengthBetween(requestedAt, at)} after it was asked</span>`;
  if (!window || (event !== 'revoked' && event !== 'returned')) return undefined;
  return html` <span class="aside">${lengthOf(secondsBetween(at, window.endsAt))} before its end</span>`;
}

/** Of what was done before it could be put on record. */
function lateness({ evidence, happenedBy }: ChainEntry): Html | undefined {
  if (secondsBetween(happenedBy, evidence.at) <= attestationSeconds) return undefined;
  return html` <span class="aside">(attested later, at ${timeAfter(happenedBy, evidence.at)})</span>`;
}

/** What ends a session: the Deny in its policy, or its own life where that is shorter. */
function sessionWords({ accessKeyId, expiresAt, issuedAt, issuance }: GrantSession, { window }: Grant): Html {
  const key = html`key ${code(accessKeyId ?? 'not shown')}`;
  const denied = renderedPolicyOf(issuance.policy ?? '')?.ends.toSorted()[0];
  if (denied === undefined || (expiresAt !== undefined && expiresAt < denied))
    return html` <span class="aside">${key}${expiresAt !== undefined && html`; expires at ${timeAfter(issuedAt, expiresAt)}`}</span>`;
  const isEnd = denied === window?.endsAt;
  const life =
    expiresAt !== undefined && html`; without that it would live until ${timeAfter(issuedAt, expiresAt)}`;
  return html` <span class="aside">${key}; its policy denies everything from ${timeAfter(issuedAt, denied)} on${isEnd && ', the window’s end'}${life}</span>`;
}

const outcome = ({ denied, errorCode }: SameCalls): string =>
  denied ? 'denied' : errorCode === undefined ? 'good' : 'error';

function callWords({ source, name, errorCode, denied, late, count, first, last, object }: SameCalls): Html {
  const times = count > 1 && html` ${count} times${first !== last && html` until ${timeAfter(first, last)}`}`;
  const result =
    errorCode !== undefined &&
    html` <span class="tag ${denied ? 'bad' : ''}">${denied ? 'refused' : 'failed'}: ${errorCode}</span>`;
  const tooLate = late && html` <span class="tag bad">after the end</span>`;
  const what = object !== undefined && html` <span class="aside">${codeOfArn(object)}</span>`;
  return html`${code(`${source.replace('.amazonaws.com', '')}:${name}`)}${times}${result}${tooLate}${what}`;
}
