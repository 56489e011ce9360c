import { managedRole } from '#domain/outOfBand.ts';
import type { Review } from '../review.ts';
import type { Link, ReviewedSession } from '../sessions/reviewedSession.ts';
import type { CrossReferences } from './crossReferences.ts';
import { type Html, html } from './html.ts';
import { code, grouped, named, table, timeAfter, timeOf } from './pageParts.ts';

const most = 100;

const linkWords: Record<Link, string> = {
  accessKey: 'the access key that the issuing call returned',
  arnAndTime: 'session ARN and creation time of the issuing call',
  sourceIdentity: 'the same source identity and role, within its life',
  serviceLinked: 'a role that only its AWS service assumes',
  ambiguous: 'several issuing calls fit alike',
  unresolved: 'no issuing call was found in these logs',
};

/** Sessions that belong to no request: Countersign's own functions, and all other roles of the accounts. */
export function sessionsSection({ sessions }: Review, { requestOf }: CrossReferences): Html {
  const others = sessions.filter((session) => requestOf(session) === undefined);
  return html`<section id="sessions" class="part"><h2>Other sessions</h2>
<p>Everybody else who worked under a role in these accounts, and how the logs lead back to who began it. ${others.length > most && html`Shown are ${most} of ${grouped(others.length)}: those that lead back to nobody first, then the busiest, Countersign’s own functions last. All are in <code>sessions.csv</code>.`}</p>
${linkTable(sessions)}
${others.length > 0 && sessionTable(mostUncertain(others))}
</section>
`;
}

function linkTable(sessions: readonly ReviewedSession[]): Html {
  const links = Object.entries(linkWords).map(([link, words]) => ({
    link,
    words,
    count: sessions.filter(({ joinedBy }) => joinedBy === link).length,
  }));
  return table({
    caption: 'How sessions were joined to what issued them (all sessions)',
    rows: links,
    columns: [
      { name: 'Joined by', cell: ({ link }) => code(link) },
      { name: 'Meaning', cell: ({ words }) => words },
      { name: 'Sessions', number: true, cell: ({ count }) => grouped(count) },
    ],
  });
}

const sessionTable = (sessions: readonly ReviewedSession[]): Html =>
  table({
    caption: 'Sessions outside grants',
    rows: sessions,
    columns: [
      { name: 'Role and session', cell: ({ arn }) => sessionOf(arn) },
      { name: 'Who is behind it', cell: behind },
      { name: 'Joined by', cell: ({ joinedBy }) => code(joinedBy) },
      { name: 'Calls', number: true, cell: ({ calls }) => grouped(calls) },
      { name: 'Failed', number: true, cell: ({ errors, denied }) => grouped(errors - denied) },
      { name: 'Refused', number: true, cell: ({ denied }) => grouped(denied) },
      {
        name: 'When',
        cell: ({ first, last }) =>
          html`${timeOf(first)}${first !== last && html` to ${timeAfter(first, last)}`}`,
      },
    ],
  });

function behind({ behind, issuedBy }: ReviewedSession): Html | string {
  if (behind.length === 0) return issuedBy === undefined ? 'unknown' : named(issuedBy);
  return html`<ol class="behind">${behind.map(({ who, kind }) => html`<li>${sessionOf(who)} <span class="aside">${kind}</span></li>`)}</ol>`;
}

/** The role's name, the session's and the account of an ARN such as `arn:aws:sts::111122223333:assumed-role/Reader/alice`. */
function sessionOf(arn: string): Html {
  const [, account, role, name] = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  if (account === undefined || role === undefined || name === undefined) return named(arn);
  return html`${code(role)}${name !== role && html` ${named(name)}`} <span class="aside">in ${account}</span>`;
}

const certainty: readonly Link[] = ['unresolved', 'ambiguous'];

/** First who leads back to nobody, then the busiest, at last Countersign's own. */
const mostUncertain = (sessions: readonly ReviewedSession[]): ReviewedSession[] =>
  sessions
    .map((session) => ({ session, rank: rankOf(session) }))
    .sort(
      (one, other) =>
        one.rank - other.rank ||
        other.session.calls - one.session.calls ||
        (one.session.arn < other.session.arn ? -1 : 1),
    )
    .slice(0, most)
    .map(({ session }) => session);

function rankOf({ joinedBy, identity: { issuerArn = '' } }: ReviewedSession): number {
  if (certainty.includes(joinedBy)) return 0;
  return managedRole(issuerArn) ? 2 : 1;
}
