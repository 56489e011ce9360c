import { join } from 'node:path';
import type { Instant } from '#domain/instant.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { type Finding, type Severity, severities } from '#review/findings/finding.ts';
import type { Integrity } from '#review/integrity/integrity.ts';
import type { Completeness } from '#review/reader/trail.ts';
import type { Review } from '#review/review.ts';
import type { EntitlementUse } from '#review/rightSizing/entitlementUse.ts';
import type { TableAgreement } from '#review/tableAgreement.ts';
import { type Verdict, verdictOf } from '#review/verdict.ts';

/** What a review says in short; `--json` prints it. Nothing in it is invisible or moves a cursor, whatever logs hold. */
export interface Summary {
  verdict: Verdict['outcome'];
  notChecked: string[];
  /** Null where it is open. */
  period: { from: Instant | null; to: Instant | null };
  completeness: Completeness;
  integrity: Pick<Integrity, 'verdict' | 'logs'>;
  /** Null where no table was given. */
  table: TableAgreement | null;
  issuances: { ok: number; failed: number };
  sessions: { total: number; joinedBy: Record<string, number> };
  grants: { total: number; status: Record<string, number> };
  /** `unused`: granted, with an action that nobody used though the logs would show it. */
  entitlements: { total: number; neverGranted: number; unused: number };
  findings: { total: number; severity: Record<Severity, number>; rules: RuleSummary[] };
  reports: { folder: string; page: string };
}

/** The findings of one rule: worst first, then the most. */
export interface RuleSummary {
  rule: string;
  severity: Severity;
  count: number;
  /** Of the first of them. */
  subject: string;
  message: string;
}

export function summaryOf(review: Review, out: string): Summary {
  const { findings, completeness, integrity, rightSizing } = review;
  const { outcome, notChecked } = verdictOf(review);
  return {
    verdict: outcome,
    notChecked,
    period: { from: review.period.from ?? null, to: review.period.to ?? null },
    completeness,
    integrity: { verdict: integrity.verdict, logs: integrity.logs },
    table: review.table ?? null,
    issuances: { ok: review.issuances.ok.length, failed: review.issuances.failed.length },
    sessions: {
      total: review.sessions.length,
      joinedBy: countsOf(review.sessions.map(({ joinedBy }) => joinedBy)),
    },
    grants: { total: review.grants.length, status: countsOf(review.grants.map(({ status }) => status)) },
    entitlements: {
      total: rightSizing.length,
      neverGranted: rightSizing.filter(({ grants }) => grants === 0).length,
      unused: rightSizing.filter(hasUnused).length,
    },
    findings: {
      total: findings.length,
      severity: severityCounts(findings),
      rules: ruleSummaries(findings),
    },
    reports: { folder: out, page: join(out, 'review.html') },
  };
}

const hasUnused = ({ grants, actions }: EntitlementUse): boolean =>
  grants > 0 && actions.some(({ used, visible }) => visible && used.length === 0);

function severityCounts(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

/** By name, so that nothing depends on what came first. */
function countsOf(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function ruleSummaries(findings: readonly Finding[]): RuleSummary[] {
  const rules = new Map<string, RuleSummary>();
  for (const { rule, severity, subject, message } of findings) {
    const key = `${rule} ${severity}`;
    const known = rules.get(key);
    if (known) known.count += 1;
    else
      rules.set(key, {
        rule,
        severity,
        count: 1,
        subject: visibleLine(subject),
        message: visibleLine(message),
      });
  }
  return [...rules.values()].sort(
    (one, other) =>
      severities.indexOf(one.severity) - severities.indexOf(other.severity) || other.count - one.count,
  );
}
