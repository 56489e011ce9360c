import type { Finding, Period, TableRecord } from './findings/finding.ts';
import type { Grant } from './grants/grant.ts';

/** How many requests tell the same story in the request table and in CloudTrail. */
export interface TableAgreement {
  /** Requests of the period that stand in either and could be compared. */
  requests: number;
  agree: number;
}

/**
 * Requests that were asked for in the period and stand in both, and those of which `table-differs` says that they do not agree. Others,
 * whose beginning lies before the logs, cannot be compared.
 */
export function tableAgreementOf({
  table,
  grants,
  findings,
  period,
}: {
  table: readonly TableRecord[];
  grants: readonly Grant[];
  findings: readonly Finding[];
  period: Period;
}): TableAgreement {
  const differing = new Set(
    findings.filter(({ rule }) => rule === 'table-differs').map(({ subject }) => subject),
  );
  const inTable = new Set(table.map(({ id }) => id));
  const agreeing = grants
    .filter((grant) => isWhole(grant) && isWithin(period, grant) && inTable.has(grant.id))
    .filter(({ id }) => !differing.has(id));
  return { requests: agreeing.length + differing.size, agree: agreeing.length };
}

const isWhole = ({ chain }: Grant): boolean => chain.links[0]?.evidence.event === 'requested';

const isWithin = ({ from, to }: Period, { requestedAt }: Grant): boolean =>
  (from === undefined || requestedAt >= from) && (to === undefined || requestedAt < to);
