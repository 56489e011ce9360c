import {
  type DenyList,
  denySession,
  type EarlyEnd as Ended,
  emptyDenyList,
  nextBoundary,
} from '#domain/denyList.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import { boundaryArnOf } from '#lambdas/adapters/boundary.ts';
import {
  assumeRoleRecord,
  type CloudTrailRecord,
  callRecord,
  ownersCopy,
  type RoleSession,
  sessionFrom,
} from '../../../review/records.ts';
import { functionAt, type Installation } from './installation.ts';

/** A grant that ended before its time, and when `endGrant` got to it. */
export interface EarlyEnd extends Ended {
  at: Instant;
  roleArn: string;
}

/** IAM keeps this many versions of a managed policy. */
const maximumVersions = 5;

/** What one boundary policy has come to. */
interface Boundary {
  list: DenyList;
  inForce: string;
  /** Numbers of its versions, the oldest first. */
  versions: number[];
}

/**
 * What `endGrant` writes into the boundary policies through the revoker, grant by grant in the order of their ends, and a
 * comparison some minutes later, as `reconcile` has it made.
 */
export function boundaryRecords(installation: Installation): CloudTrailRecord[] {
  const boundaries = new Map<string, Boundary>();
  const ends = installation.earlyEnds.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return ends.flatMap((end) => {
    const boundary = boundaries.get(end.roleArn) ?? { list: emptyDenyList, inForce: '', versions: [1] };
    boundaries.set(end.roleArn, boundary);
    boundary.list = denySession(boundary.list, end, end.at);
    const next = nextBoundary(boundary.list, boundary.inForce, { requestId: end.requestId, now: end.at });
    const written = next === boundary.inForce ? [] : newVersion(boundary, next);
    boundary.inForce = next;
    return [
      ...revokerCalls(installation, { ...end, written }),
      ...revokerCalls(installation, { ...end, at: addSeconds(end.at, 300), written: [] }),
    ];
  });
}

interface IamCall {
  name: string;
  readOnly: boolean;
  request?: Record<string, unknown>;
  response?: Record<string, unknown>;
}

function newVersion(boundary: Boundary, policyDocument: string): IamCall[] {
  const oldest = boundary.versions.length < maximumVersions ? undefined : boundary.versions.shift();
  const number = (boundary.versions.at(-1) ?? 1) + 1;
  boundary.versions.push(number);
  return [
    ...(oldest === undefined
      ? []
      : [{ name: 'DeletePolicyVersion', readOnly: false, request: { versionId: `v${oldest}` } }]),
    {
      name: 'CreatePolicyVersion',
      readOnly: false,
      request: { policyDocument, setAsDefault: true },
      response: { policyVersion: { versionId: `v${number}`, isDefaultVersion: true } },
    },
  ];
}

/** The revoker at work in the target account: it reads, writes what is to be written, and reads back. */
function revokerCalls(
  installation: Installation,
  {
    at,
    roleArn,
    requestId,
    written,
  }: { at: Instant; roleArn: string; requestId: string; written: IamCall[] },
): CloudTrailRecord[] {
  const assumed = assumeRoleRecord(
    {
      at,
      caller: functionAt(installation, 'endGrant', at),
      roleArn: roleArn.replace(/:role\/.*$/, ':role/countersign-revoker'),
      sessionName: requestId,
      sourceIdentity: 'countersign',
      accessKeyId: installation.random.keyId('ASIA'),
    },
    { awsRegion: installation.region },
  );
  const reading = [
    { name: 'ListPolicyVersions', readOnly: true },
    { name: 'GetPolicyVersion', readOnly: true, request: { versionId: 'v1' } },
  ];
  const calls: IamCall[] = [...reading, ...written, ...(written.length > 0 ? reading : [])];
  const policyArn = boundaryArnOf(roleArn);
  return [
    assumed,
    ownersCopy(assumed),
    ...calls.map((call) =>
      iamRecord(installation, { at: addSeconds(at, 1), session: sessionFrom(assumed), policyArn, call }),
    ),
  ];
}

/** IAM is one for all regions, and its calls stand in that of us-east-1. */
const iamRecord = (
  { random }: Installation,
  { at, session, policyArn, call }: { at: Instant; session: RoleSession; policyArn: string; call: IamCall },
): CloudTrailRecord =>
  callRecord(
    { at, session },
    {
      eventSource: 'iam.amazonaws.com',
      eventName: call.name,
      eventID: random.uuid(),
      readOnly: call.readOnly,
      requestParameters: { policyArn, ...call.request },
      responseElements: call.response ?? null,
      resources: undefined,
      managementEvent: true,
      eventCategory: 'Management',
    },
  );
