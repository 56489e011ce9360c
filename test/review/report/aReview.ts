import { sha256Text } from '#domain/digest.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Finding } from '#review/findings/finding.ts';
import type { Grant } from '#review/grants/grant.ts';
import type { LogFile } from '#review/reader/trail.ts';
import type { Review } from '#review/review.ts';
import type { ReviewedSession } from '#review/sessions/reviewedSession.ts';
import {
  aCall,
  aGrant,
  aLogFile,
  anIssuance,
  aSession,
  eventId,
  refusedCall,
  service,
  target,
} from './builders.ts';

const fromLeads = { count: 1, from: ['orders-leads'] };
const fromSecurity = { count: 1, from: ['security', 'frank@example.com'] };

/** A month of a small company: every way a request can go, one session that nobody granted, and somebody else's roles. */
export function aReview(over: Partial<Review> = {}): Review {
  const grants = sampleGrants();
  const others = sampleSessions();
  const files = sampleFiles();
  return {
    tool: { name: 'countersign', version: '0.1.0' },
    madeAt: '2026-12-01T08:00:00Z',
    period: { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' },
    parameters: { logs: 'trail', from: '2026-11-01', to: '2026-12-01', keys: 'keys.json', out: 'review' },
    inputs: {
      catalogues: [
        {
          path: 'catalogues/a1/catalogue.yaml',
          sha256: 'ab'.repeat(32),
          digest: sha256Text('catalogue'),
          groups: { path: 'catalogues/a1/directory.groups.yaml', sha256: 'cd'.repeat(32) },
        },
      ],
      leftOut: [{ path: 'catalogues/old.yaml', reason: 'catalogues/old.yaml:3: version must be 1.' }],
      keys: { path: 'keys.json', sha256: 'ef'.repeat(32) },
    },
    completeness: {
      files: files.length,
      records: 9_214,
      duplicates: 122,
      unique: 9_092,
      skipped: { insight: 3, noTime: 1 },
      first: '2026-11-01T00:04:10Z',
      last: '2026-11-30T23:58:41Z',
    },
    trail: {
      files,
      notOpened: [],
      conflicts: [
        {
          eventId: eventId('twice'),
          at: '2026-11-19T11:02:00Z',
          files: files.slice(0, 2).map(({ path }) => path),
        },
      ],
    },
    issuances: {
      ok: [
        ...grants.flatMap(({ sessions }) => sessions.map(({ issuance }) => issuance)),
        ...others.flatMap(({ issuance }) => issuance ?? []),
      ],
      failed: [
        {
          event: {
            ...anIssuance().event,
            id: eventId('refused'),
            at: '2026-11-12T07:00:00Z',
            errorCode: 'AccessDenied',
            errorMessage: 'not authorized',
          },
          roleArn: `arn:aws:iam::${target}:role/countersign-orders-admin`,
          copies: [],
        },
      ],
      signIns: [],
    },
    sessions: [...grants.flatMap(({ sessions }) => sessions.flatMap(({ activity }) => activity)), ...others],
    grants,
    approvals: grants.slice(0, 2).map((grant) => ({
      requestId: grant.id,
      needed: grant.entitlement === 'orders-admin' ? [fromLeads, fromSecurity] : [fromLeads],
      given: grant.decisions.map(({ by }) => ({
        by,
        as: [by === 'erin@example.com' ? 'security' : 'orders-leads'],
      })),
    })),
    findings: sampleFindings(),
    integrity: {
      verdict: 'partly',
      chains: [
        {
          account: target,
          region: 'eu-central-1',
          trail: 'countersign',
          bucket: 'countersign-trail',
          backfill: false,
          digests: 718,
          from: '2026-11-01T00:00:00Z',
          to: '2026-12-01T00:00:00Z',
          verdict: 'partly',
          gaps: [{ from: '2026-11-19T10:00:00Z', to: '2026-11-19T12:00:00Z' }],
        },
        {
          account: service,
          region: 'us-east-1',
          trail: 'countersign',
          bucket: 'countersign-trail',
          backfill: false,
          digests: 720,
          from: '2026-11-01T00:00:00Z',
          to: '2026-12-01T00:00:00Z',
          verdict: 'verified',
          gaps: [],
        },
      ],
      logs: { verified: files.length - 1, altered: 0, missing: 0, uncovered: 1, pending: 0, unproven: 0 },
      faults: [
        {
          kind: 'digestMissing',
          file: 'AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/11/19/',
          at: '2026-11-19T11:00:00Z',
          message:
            'Two digests are missing: fetch them again from the bucket, and ask who deleted them if they are not there.',
        },
      ],
      uncovered: files.slice(0, 1).map(({ path }) => path),
      pending: [],
      moved: [],
    },
    rightSizing: [
      {
        entitlement: 'orders-admin',
        grants: 4,
        sessions: 5,
        calls: 61,
        actions: [
          { pattern: 'dynamodb:GetItem', used: [{ action: 'dynamodb:GetItem', count: 52 }], visible: true },
          { pattern: 'dynamodb:Query', used: [{ action: 'dynamodb:Query', count: 9 }], visible: true },
          { pattern: 'dynamodb:UpdateItem', used: [], visible: true },
          { pattern: 'dynamodb:DeleteItem', used: [], visible: true },
          { pattern: 's3:GetObject', used: [], visible: false },
        ],
        refused: [{ action: 'dynamodb:Scan', count: 2 }],
        proposal: [
          {
            Effect: 'Allow',
            Action: ['dynamodb:GetItem', 'dynamodb:Query'],
            Resource: `arn:aws:dynamodb:*:${target}:table/orders`,
          },
        ],
        caveats: ['Data events of s3 are not in these logs: what was done there cannot be seen.'],
      },
      {
        entitlement: 'billing-read',
        grants: 1,
        sessions: 0,
        calls: 0,
        actions: [{ pattern: 'ce:Get*', used: [], visible: true }],
        refused: [],
        caveats: [],
      },
    ],
    ...over,
  };
}

/** The ids of the sample's requests, told apart by one digit. */
export const requestId = (number: number): string => `01KANB1X00${String(number).padStart(16, '0')}`;

const sampleGrants = (): Grant[] => [
  aGrant({
    id: requestId(1),
    ticket: 'INC-1001',
    status: 'ended',
    events: [
      ['approved', 240, 'bob@example.com'],
      ['issued', 242, 'countersign'],
      ['ended', 3_842, 'countersign'],
      ['closed', 3_843, 'countersign'],
    ],
    window: { after: 240, seconds: 3_600 },
    calls: [
      aCall({ at: '2026-11-03T09:06:00Z' }),
      aCall({ at: '2026-11-03T09:06:04Z' }),
      aCall({ at: '2026-11-03T09:07:30Z', name: 'Query' }),
      refusedCall('2026-11-03T09:12:00Z', 'DeleteItem'),
      refusedCall('2026-11-03T09:12:02Z', 'DeleteItem'),
      aCall({ at: '2026-11-03T09:41:11Z' }),
    ],
  }),
  aGrant({
    id: requestId(2),
    requester: 'dave@example.com',
    entitlement: 'orders-admin',
    ticket: 'CHG-77',
    status: 'revoked',
    requestedAt: '2026-11-09T13:30:00Z',
    events: [
      ['approved', 600, 'carol@example.com'],
      ['approved', 1_500, 'erin@example.com'],
      ['issued', 1_502, 'countersign'],
      ['revoked', 3_000, 'ada@example.com'],
      ['closed', 3_002, 'countersign'],
    ],
    window: { after: 1_500, seconds: 7_200 },
    calls: [
      aCall({ at: '2026-11-09T13:58:00Z', name: 'UpdateItem' }),
      aCall({ at: '2026-11-09T13:59:00Z', name: 'DeleteItem' }),
      refusedCall('2026-11-09T14:20:40Z', 'DeleteItem'),
      aCall({ at: '2026-11-09T14:25:00Z', name: 'UpdateItem' }),
    ],
  }),
  aGrant({
    id: requestId(3),
    requester: 'bob@example.com',
    entitlement: 'orders-admin',
    breakGlass: true,
    status: 'ended',
    requestedAt: '2026-11-14T02:11:00Z',
    events: [
      ['issued', 2, 'countersign'],
      ['ended', 1_801, 'countersign'],
      ['reviewed', 25_000, 'frank@example.com'],
      ['closed', 25_001, 'countersign'],
    ],
    window: { after: 0, seconds: 1_800 },
    calls: [aCall({ at: '2026-11-14T02:12:00Z', name: 'UpdateItem' })],
  }),
  aGrant({
    id: requestId(4),
    status: 'denied',
    requestedAt: '2026-11-17T10:00:00Z',
    events: [
      ['denied', 300, 'carol@example.com'],
      ['closed', 301, 'countersign'],
    ],
  }),
  aGrant({
    id: requestId(5),
    requester: 'dave@example.com',
    status: 'expired',
    requestedAt: '2026-11-20T16:00:00Z',
    events: [
      ['expired', 14_400, 'countersign'],
      ['closed', 14_401, 'countersign'],
    ],
  }),
  aGrant({
    id: requestId(6),
    status: 'cancelled',
    requestedAt: '2026-11-24T08:00:00Z',
    events: [
      ['cancelled', 90, 'alice@example.com'],
      ['closed', 92, 'countersign'],
    ],
  }),
  aGrant({
    id: requestId(7),
    status: 'active',
    requestedAt: '2026-11-30T23:20:00Z',
    events: [
      ['approved', 120, 'bob@example.com'],
      ['issued', 121, 'countersign'],
    ],
    window: { after: 120, seconds: 14_400 },
    calls: [aCall({ at: '2026-11-30T23:40:00Z' })],
  }),
];

function sampleSessions(): ReviewedSession[] {
  const nobodys = anIssuance({
    roleArn: `arn:aws:iam::${target}:role/countersign-orders-admin`,
    sessionName: 'maintenance',
  });
  const outOfBand = aSession(nobodys, [
    aCall({ at: '2026-11-19T11:00:00Z', name: 'Scan' }),
    aCall({ at: '2026-11-19T11:02:00Z', name: 'DeleteItem' }),
  ]);
  const linked = anIssuance({
    roleArn: `arn:aws:iam::${target}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS`,
    sessionName: 'rds',
  });
  const administrator = anIssuance({
    roleArn: `arn:aws:iam::${target}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Reader_0123456789abcdef`,
    sessionName: 'erin@example.com',
  });
  return [
    { ...outOfBand, joinedBy: 'unresolved', issuance: undefined, issuedBy: undefined, behind: [] },
    {
      ...aSession(linked, [aCall({ name: 'DescribeVpcs', source: 'ec2.amazonaws.com' })]),
      each: [],
      joinedBy: 'serviceLinked',
      issuance: undefined,
      issuedBy: 'rds.amazonaws.com',
      behind: [{ who: 'rds.amazonaws.com', kind: 'service', joinedBy: 'serviceLinked' }],
    },
    {
      ...aSession(administrator, [
        aCall({ name: 'ListBuckets', source: 's3.amazonaws.com' }),
        refusedCall('2026-11-03T09:22:00Z', 'GetBucketPolicy'),
      ]),
      each: [],
      joinedBy: 'arnAndTime',
      issuedBy: 'erin@example.com',
      behind: [{ who: 'erin@example.com', kind: 'identityCenter', joinedBy: 'arnAndTime' }],
    },
  ];
}

const sampleFindings = (): Finding[] => [
  {
    rule: 'session-without-grant',
    severity: 'critical',
    at: '2026-11-19T11:00:00Z',
    subject: `arn:aws:sts::${target}:assumed-role/countersign-orders-admin/maintenance`,
    account: target,
    message:
      'Two calls were made in a session of countersign-orders-admin that no request answers for. Ask who used it, and how it was assumed.',
    eventIds: [eventId('scan'), eventId('delete')],
  },
  {
    rule: 'call-after-end',
    severity: 'critical',
    at: '2026-11-09T14:25:00Z',
    subject: requestId(2),
    requestId: requestId(2),
    account: target,
    message:
      'UpdateItem succeeded 5 minutes after the grant was revoked. Compare what was changed, and check the boundary policy of the role.',
    eventIds: [eventId('update')],
  },
  {
    rule: 'gap-in-coverage',
    severity: 'medium',
    at: '2026-11-19T10:00:00Z',
    subject: `${target} eu-central-1`,
    account: target,
    message:
      'Digests are missing for 2 hours. Fetch them again; ask who deleted them if the bucket does not have them.',
    eventIds: [],
  },
  {
    rule: 'break-glass-used',
    severity: 'info',
    at: '2026-11-14T02:11:00Z',
    subject: requestId(3),
    requestId: requestId(3),
    message:
      'bob@example.com used break-glass for orders-admin; frank@example.com reviewed it 6 hours later.',
    eventIds: [eventId('break-glass')],
  },
];

/** A file every six hours in the target, every twelve in the service's account; a day is missing. */
function sampleFiles(): LogFile[] {
  const from: Instant = '2026-11-01T00:05:00Z';
  const inTarget = Array.from({ length: 120 }, (_, index) => index)
    .filter((index) => index < 72 || index > 75)
    .map((index) => aLogFile(target, 'eu-central-1', addSeconds(from, index * 21_600)));
  const inService = Array.from({ length: 60 }, (_, index) =>
    aLogFile(service, 'us-east-1', addSeconds(from, index * 43_200)),
  );
  return [...inTarget, ...inService].sort((one, other) => (one.path < other.path ? -1 : 1));
}
