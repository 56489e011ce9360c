import type { Severity } from '../findings/finding.ts';
import type { Grant } from '../grants/grant.ts';
import type { Review } from '../review.ts';
import type { CrossReferences } from './crossReferences.ts';
import { type Columns, csv } from './csv.ts';
import { chainVerdict, figuresOf, type GrantFigures } from './grantFigures.ts';

interface Row {
  grant: Grant;
  figures: GrantFigures;
  findings: number;
  worst: Severity | undefined;
}

/** grants.csv: one row for each request, also those that were denied. */
export const grantsCsv = ({ grants }: Review, references: CrossReferences): Iterable<string> =>
  csv(columns, rows(grants, references));

function* rows(grants: readonly Grant[], { findingsOf, worstOf }: CrossReferences): Generator<Row> {
  for (const grant of grants)
    yield {
      grant,
      figures: figuresOf(grant),
      findings: findingsOf(grant.id).length,
      worst: worstOf(grant.id),
    };
}

const columns: Columns<Row> = {
  id: ({ grant }) => grant.id,
  status: ({ grant }) => grant.status,
  requester: ({ grant }) => grant.requester,
  entitlement: ({ grant }) => grant.entitlement,
  ticket: ({ grant }) => grant.ticket,
  break_glass: ({ grant }) => (grant.breakGlass ? 'yes' : 'no'),
  requested_at: ({ grant }) => grant.requestedAt,
  approved_by: ({ grant }) => decidersOf(grant, 'approve').join('; '),
  denied_by: ({ grant }) => decidersOf(grant, 'deny').join('; '),
  catalogue: ({ grant }) => grant.catalogue,
  digest: ({ grant }) => grant.digest,
  window_start: ({ grant }) => grant.window?.startsAt,
  window_end: ({ grant }) => grant.window?.endsAt,
  roles: ({ grant }) => [...new Set(grant.sessions.map(({ roleArn }) => roleArn))].join('; '),
  sessions: ({ grant }) => grant.sessions.length,
  access_key_ids: ({ figures }) => figures.accessKeyIds.join('; '),
  calls: ({ figures }) => figures.calls,
  errors: ({ figures }) => figures.errors,
  denied: ({ figures }) => figures.denied,
  calls_after_end: ({ figures }) => figures.callsAfterEnd,
  end_event: ({ grant }) => grant.end?.event,
  end_at: ({ grant }) => grant.end?.at,
  end_by: ({ grant }) => grant.end?.by,
  reviewed_at: ({ grant }) => grant.review?.at,
  reviewed_by: ({ grant }) => grant.review?.by,
  closed_at: ({ grant }) => grant.closedAt,
  chain: ({ grant }) => chainVerdict(grant.chain),
  chain_links: ({ grant }) => grant.chain.links.length,
  chain_links_recomputed: ({ grant }) =>
    grant.chain.links.filter(({ content }) => content === 'recomputed').length,
  findings: ({ findings }) => findings,
  worst_severity: ({ worst }) => worst,
};

const decidersOf = ({ decisions }: Grant, wanted: 'approve' | 'deny'): string[] =>
  decisions.filter(({ decision }) => decision === wanted).map(({ by, at }) => `${by} ${at}`);
