import type { Approvals } from './approvals.ts';
import type { Finding, Period } from './findings/finding.ts';
import type { Grant } from './grants/grant.ts';
import type { Inputs } from './inputs.ts';
import type { Integrity } from './integrity/integrity.ts';
import type { Completeness, Trail } from './reader/trail.ts';
import type { EntitlementUse } from './rightSizing/entitlementUse.ts';
import type { Issuances } from './sessions/issuance.ts';
import type { ReviewedSession } from './sessions/reviewedSession.ts';
import type { TableAgreement } from './tableAgreement.ts';

/** All that a review found out; the reports are written from this. */
export interface Review {
  tool: { name: 'countersign'; version: string };
  /** When the review was made, UTC. */
  madeAt: string;
  period: Period;
  /** The command's options as they were given. */
  parameters: Record<string, string>;
  /** What was judged by, beside the log files. */
  inputs: Inputs;
  completeness: Completeness;
  trail: Pick<Trail, 'files' | 'notOpened' | 'conflicts'>;
  issuances: Issuances;
  sessions: ReviewedSession[];
  grants: Grant[];
  /** Of the grants whose catalogue is known, in their order. */
  approvals: Approvals[];
  findings: Finding[];
  integrity: Integrity;
  /** Absent where no table was given. */
  table?: TableAgreement | undefined;
  rightSizing: EntitlementUse[];
}
