import type { AccessRequest } from '#domain/accessRequest.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import type { Instant } from '#domain/instant.ts';
import type { Evidence } from '../grants/evidence.ts';
import type { Grant } from '../grants/grant.ts';
import type { Integrity } from '../integrity/integrity.ts';
import type { Trail } from '../reader/trail.ts';
import type { Issuances } from '../sessions/issuance.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';

/** `info` is worth reading and no fault: it alone leaves a review clean. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

export interface Finding {
  /** Name of the rule, kebab-case, as docs/review.md lists it. */
  rule: string;
  severity: Severity;
  at?: Instant | undefined;
  /** Until when what it is about went on, where it is no single moment: it counts for every period that it reaches into. */
  until?: Instant | undefined;
  /** What it is about: a request id, a session ARN, a role, a file. */
  subject: string;
  requestId?: string | undefined;
  account?: string | undefined;
  /** One sentence that says what was seen and what to do or ask next. */
  message: string;
  /** CloudTrail's ids of the events that show it. */
  eventIds: string[];
}

/** A finding before its rule's name is put on it. */
export type Observation = Omit<Finding, 'rule'>;

/** A control that is looked after: one file a rule. */
export interface FindingRule {
  /** Kebab-case, as docs/review.md lists it. */
  name: string;
  /** What is so as long as the rule finds nothing. */
  promise: string;
  find(material: Material): Observation[];
}

/** Everything that a rule may look at. */
export interface Material {
  period: Period;
  trail: Trail;
  issuances: Issuances;
  sessions: readonly ReviewedSession[];
  evidence: readonly Evidence[];
  grants: readonly Grant[];
  /** By digest: those that were given to the review. */
  catalogues: ReadonlyMap<string, Catalogue>;
  integrity: Integrity;
  /** Patterns of ARNs, `*` for any text: roles that deploy, beside those of the CDK and of StackSets. */
  deployRoles?: readonly string[] | undefined;
  /** Export of the request table, where one was given. */
  table?: readonly TableRecord[] | undefined;
}

/** The period under review; open where nothing was said. */
export interface Period {
  from?: Instant | undefined;
  to?: Instant | undefined;
}

/** An item of the request table, parsed like any other input; `fault` says where it is none that Countersign writes. */
export type TableRecord = { id: string; request: AccessRequest } | { id: string; fault: string };
