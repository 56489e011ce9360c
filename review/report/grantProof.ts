import type { Grant } from '../grants/grant.ts';
import { type ChainVerdict, chainVerdict } from './grantFigures.ts';
import { type Html, html } from './html.ts';
import { code, counted, jsonBlock, listed, named, table } from './pageParts.ts';

/** Entries that have a row: those of some days. A log can be made to hold any number. */
const mostEntries = 200;
/** Of all else. */
const most = 20;

/** The evidence of a request and what its sessions were limited to: shut on a screen, open on paper. */
export function grantProof(grant: Grant): Html {
  const { chain } = grant;
  const { apart = [] } = chain;
  const policies = [...new Set(grant.sessions.flatMap(({ issuance }) => issuance.policy ?? []))];
  return html`<details><summary>Evidence: ${counted(chain.links.length, 'entry', 'entries')}, chain ${verdictWords[chainVerdict(chain)]}</summary>
${chain.faults.length > 0 && html`<ul>${chain.faults.slice(0, most).map(({ message }) => html`<li>${message}</li>`)}${more(chain.faults.length - most, (rest) => html`<li>${counted(rest, 'more fault')}: see <code>review.json</code>.</li>`)}</ul>`}
${table({
  caption: `Entries of the chain${chain.links.length > mostEntries ? `: the first ${mostEntries}, all are in review.json` : ''}`,
  rows: chain.links.slice(0, mostEntries),
  columns: [
    { name: 'Event', cell: ({ evidence }) => evidence.event },
    { name: 'Attested by', cell: ({ evidence }) => evidence.attester ?? named(evidence.caller) },
    { name: 'Hash', cell: ({ evidence }) => code(evidence.hash.slice(0, 12)) },
    { name: 'Content', cell: ({ content }) => contentWords[content] },
    { name: 'CloudTrail event', cell: ({ evidence }) => code(evidence.eventId) },
  ],
})}
${chain.lost.length > 0 && html`<p>${counted(chain.lost.length, 'change')} lost a race and took no effect: ${someOf(chain.lost, ({ eventId }) => code(eventId))}</p>`}
${apart.length > 0 && html`<p>${counted(apart.length, 'entry', 'entries')} more whose beginning is not in these logs: ${someOf(apart, ({ event, eventId }) => html`${event} ${code(eventId)}`)}</p>`}
<p>Request digest ${code(grant.digest)}, catalogue ${code(grant.catalogue)}.</p>
${policies.length > 0 && html`<p>${policies.length === 1 ? 'The session policy that STS was given:' : `Session policies that STS was given: ${policies.length} different ones. The first:`}</p>${policy(policies[0] ?? '')}`}
</details>
`;
}

const someOf = <Item>(items: readonly Item[], words: (item: Item) => Html): Html =>
  html`${listed(items.slice(0, most).map(words))}${more(items.length - most, (rest) => html` and ${rest} more`)}`;

const more = (rest: number, words: (rest: number) => Html): Html | false => rest > 0 && words(rest);

/** What the verdict on a chain means. */
export const verdictWords: Record<ChainVerdict, string> = {
  unbroken: 'unbroken',
  open: 'sound so far, not closed',
  broken: 'broken',
};
const contentWords = {
  recomputed: 'computed again, the same',
  unknowable: 'holds words that only the table has',
  differs: 'does not fit the hash',
};

/** STS takes 2,048 characters (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html); a log may claim more. */
const longestPolicy = 4_096;

function policy(text: string): Html {
  try {
    if (text.length <= longestPolicy) return jsonBlock(JSON.parse(text));
  } catch {
    // What is no JSON is shown as it is.
  }
  return html`<pre tabindex="0"><code>${text}</code></pre>`;
}
