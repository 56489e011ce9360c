import type { Approvals } from '../approvals.ts';
import { type Finding, type Severity, severities } from '../findings/finding.ts';
import { activityOf } from '../grants/activity.ts';
import type { TrailSession } from '../reader/trail.ts';
import type { Review } from '../review.ts';
import { remembered } from '../sessions/remembered.ts';

/** What belongs to what, so that each file of the report can point to the others. */
export interface CrossReferences {
  findingsOf(requestId: string): readonly Finding[];
  /** The gravest severity among them; undefined where there are none. */
  worstOf(requestId: string): Severity | undefined;
  /** Undefined where its catalogue was not given. */
  approvalsOf(requestId: string): Approvals | undefined;
  /** The request that a session was issued for; undefined where it belongs to none. */
  requestOf(session: Pick<TrailSession, 'arn' | 'accessKeyId'>): string | undefined;
}

export function crossReferences({ findings, grants, approvals }: Review): CrossReferences {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.requestId === undefined) continue;
    const others = found.get(finding.requestId);
    if (others) others.push(finding);
    else found.set(finding.requestId, [finding]);
  }
  const worked = grants.flatMap((grant) => activityOf(grant).map((session) => ({ session, id: grant.id })));
  const requests = new Map(
    Array.from(
      Map.groupBy(worked, ({ session }) => session.arn),
      ([arn, same]) => [arn, new Map(same.map(({ session, id }) => [session.accessKeyId, id]))],
    ),
  );
  const approved = new Map(approvals.map((one) => [one.requestId, one]));
  return {
    approvalsOf: (requestId) => approved.get(requestId),
    findingsOf: (requestId) => found.get(requestId) ?? [],
    worstOf: remembered((requestId) => worstIn(found.get(requestId) ?? [])),
    requestOf: ({ arn, accessKeyId }) => requests.get(arn)?.get(accessKeyId),
  };
}

const worstIn = (findings: readonly Finding[]): Severity | undefined =>
  severities.find((severity) => findings.some((finding) => finding.severity === severity));
