import type { Catalogue } from '#domain/catalogue.ts';
import { addSeconds, type Instant, millisecondsOf } from '#domain/instant.ts';
import type { Finding, Material } from '#review/findings/finding.ts';
import { findingsIn } from '#review/findings/findings.ts';
import { provenEntriesIn } from '#review/findings/tableEntries.ts';
import { evidenceOf } from '#review/grants/evidence.ts';
import { grantsOf } from '#review/grants/grants.ts';
import type { Integrity } from '#review/integrity/integrity.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import { issuancesOf } from '#review/sessions/issuances.ts';
import { reviewSessions } from '#review/sessions/sessions.ts';
import { catalogue } from '../grants/stories.ts';
import {
  assumeRoleRecord,
  assumeRoleRecords,
  type CloudTrailRecord,
  callRecord,
  functionSession,
  type Over,
  type RoleSession,
  serviceAccount,
  sessionFrom,
  targetAccount,
} from '../records.ts';

export interface MaterialOptions extends Partial<Pick<Material, 'period' | 'table' | 'deployRoles'>> {
  catalogues?: Catalogue[];
  integrity?: Partial<Integrity>;
}

/** What a review has at hand from records, through the real reader, sessions and grants. Logs count as proven. */
export function materialOf(
  records: readonly CloudTrailRecord[],
  { catalogues = [catalogue], integrity, period = {}, table, deployRoles }: MaterialOptions = {},
): Material {
  const trail = trailOfRecords([...records]);
  const issuances = issuancesOf(trail);
  const sessions = reviewSessions(trail, issuances);
  const evidence = evidenceOf(issuances);
  const byDigest = new Map(catalogues.map((one) => [one.digest, one]));
  const recorded = provenEntriesIn(table ?? []);
  const grants = grantsOf({ evidence, issuances, sessions, catalogues: byDigest, recorded });
  return {
    period,
    trail,
    issuances,
    sessions,
    evidence,
    grants,
    catalogues: byDigest,
    integrity: { ...proven, ...integrity },
    table,
    deployRoles,
  };
}

const proven: Integrity = {
  verdict: 'verified',
  chains: [],
  logs: { verified: 1, altered: 0, missing: 0, uncovered: 0, pending: 0, unproven: 0 },
  faults: [],
  uncovered: [],
  pending: [],
  moved: [],
};

export const findingsOf = (records: readonly CloudTrailRecord[], options?: MaterialOptions): Finding[] =>
  findingsIn(materialOf(records, options));

/** `critical missing-decision`: what is held against records, and what is only worth reading left out. */
export const faultsIn = (records: readonly CloudTrailRecord[], options?: MaterialOptions): string[] =>
  findingsOf(records, options)
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, rule }) => `${severity} ${rule}`);

/** The findings of one rule. */
export const findingsBy = (
  rule: string,
  records: readonly CloudTrailRecord[],
  options?: MaterialOptions,
): Finding[] => findingsOf(records, options).filter((finding) => finding.rule === rule);

/** The session that the record of an AssumeRole opened. Throws when there is none in the records. */
export function sessionIn(records: readonly CloudTrailRecord[], role = 'orders-read'): RoleSession {
  const record = records.find(
    ({ eventName, requestParameters }) =>
      eventName === 'AssumeRole' && String(requestParameters?.roleArn).endsWith(`countersign-${role}`),
  );
  if (!record) throw new RangeError(`Nobody assumes ${role}.`);
  return sessionFrom(record);
}

/** An administrator of an account, honestly come by. */
export const administrator = (account = targetAccount): RoleSession => ({
  roleArn: `arn:aws:iam::${account}:role/administrator`,
  sessionName: 'mallory',
  accessKeyId: 'ASIAMALLORYMALLORY00',
  createdAt: '2026-11-22T09:55:00Z',
});

/** An administrator makes it, unless somebody else does. */
export interface Change {
  by?: RoleSession;
  source: string;
  name: string;
  request: Record<string, unknown>;
}

/** A call that changes something. */
export const changeRecord = (
  { at, by = administrator(), source, name, request }: Change & { at: Instant },
  over: Over = {},
): CloudTrailRecord =>
  callRecord(
    { at, session: by },
    {
      eventSource: `${source}.amazonaws.com`,
      eventName: name,
      readOnly: false,
      requestParameters: request,
      resources: undefined,
      managementEvent: true,
      eventCategory: 'Management',
      ...over,
    },
  );

/** The revoker's session for a request, and the version of a boundary that it writes. */
export function boundaryRecords({
  at,
  requestId,
  policyDocument,
  role = 'orders-read',
}: {
  at: Instant;
  requestId: string;
  policyDocument: string;
  role?: string;
}): CloudTrailRecord[] {
  const assumed = assumeRoleRecords({
    at,
    caller: functionSession('endGrant'),
    roleArn: `arn:aws:iam::${targetAccount}:role/countersign-revoker`,
    sessionName: requestId,
    sourceIdentity: 'countersign',
  });
  const [callers] = assumed;
  if (!callers) throw new RangeError('Nobody assumes the revoker.');
  const policyArn = `arn:aws:iam::${targetAccount}:policy/countersign-boundary-${role}`;
  return [
    ...assumed,
    changeRecord({
      at: addSeconds(at, 1),
      by: sessionFrom(callers),
      source: 'iam',
      name: 'CreatePolicyVersion',
      request: { policyArn, policyDocument, setAsDefault: true },
    }),
  ];
}

/** Something harmless that tells of the service's account and of the target's, so that the logs of both reach as far as a test needs. */
export const quietHour = (at: Instant): CloudTrailRecord =>
  assumeRoleRecord(
    {
      at,
      caller: administrator(serviceAccount),
      roleArn: `arn:aws:iam::${targetAccount}:role/reader`,
      sessionName: 'mallory',
    },
    {
      eventID: `00000000-0000-4000-8000-${at.replaceAll(/\D/g, '').slice(2)}`,
      recipientAccountId: targetAccount,
    },
  );

/** A request id that says when its request was made, as every ULID does. */
export function anIdOf(at: Instant): string {
  const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const time = Array.from(
    { length: 10 },
    (_, place) => digits[Math.floor(millisecondsOf(at) / 32 ** (9 - place)) % 32],
  );
  return `${time.join('')}0000000000000001`;
}
