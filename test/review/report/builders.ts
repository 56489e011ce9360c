import { sha256Text } from '#domain/digest.ts';
import { type Attester, attesters, type EventName } from '#domain/history.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Evidence } from '#review/grants/evidence.ts';
import type { Grant, GrantSession } from '#review/grants/grant.ts';
import { secondsOf } from '#review/reader/eventTime.ts';
import type { Call, LogFile } from '#review/reader/trail.ts';
import type { Issuance } from '#review/sessions/issuance.ts';
import type { ReviewedSession } from '#review/sessions/reviewedSession.ts';

export const target = '111122223333';
export const service = '999988887777';

export const eventId = (words: string): string => {
  const hex = Buffer.from(sha256Text(words), 'base64url').toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
};
const keyId = (words: string): string =>
  `ASIA${sha256Text(words)
    .toUpperCase()
    .replace(/[^A-Z2-7]/g, 'Q')
    .slice(0, 16)}`;

export const aCall = (over: Partial<Call> = {}): Call => {
  const at = over.at ?? '2026-11-03T09:20:00Z';
  return {
    id: eventId(`call ${at} ${over.name}`),
    at,
    source: 'dynamodb.amazonaws.com',
    name: 'GetItem',
    denied: false,
    region: 'eu-central-1',
    sourceIp: '203.0.113.7',
    object: `arn:aws:dynamodb:eu-central-1:${target}:table/orders`,
    ...over,
  };
};

export const refusedCall = (at: Instant, name: string): Call =>
  aCall({ at, name, denied: true, errorCode: 'AccessDenied' });

export function anIssuance(over: Partial<Issuance> = {}): Issuance {
  const { roleArn = `arn:aws:iam::${target}:role/countersign-orders-read`, sessionName = 'someone' } = over;
  return {
    event: {
      id: eventId(`issuance ${roleArn} ${sessionName} ${over.accessKeyId}`),
      at: '2026-11-03T09:15:00Z',
      account: service,
      region: 'us-east-1',
      source: 'sts.amazonaws.com',
      name: 'AssumeRole',
      caller: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${service}:assumed-role/countersign-issue-session/countersign-issue-session`,
        account: service,
        accessKeyId: keyId('issueSession'),
      },
      sourceIp: '198.51.100.20',
      readOnly: true,
      resources: [roleArn],
      file: fileName(service, 'us-east-1', '20261103T0915Z'),
    },
    copies: [],
    roleArn,
    sessionName,
    // Without the role's path, as STS has it.
    sessionArn: `${roleArn.replace(':iam:', ':sts:').replace(/:role\/(?:.*\/)?/, ':assumed-role/')}/${sessionName}`,
    accessKeyId: keyId(sessionName),
    expiresAt: '2026-11-03T09:30:00Z',
    durationSeconds: 900,
    tags: {},
    policyArns: [],
    ...over,
  };
}

/** A session and what was done in it, counted as the reader counts. */
export function aSession(
  issuance: Issuance,
  calls: Call[],
  over: Partial<ReviewedSession> = {},
): ReviewedSession {
  const actions = Map.groupBy(calls, ({ name, errorCode }) => `${name} ${errorCode}`);
  const [first] = calls;
  return {
    arn: issuance.sessionArn ?? 'unknown',
    accessKeyId: issuance.accessKeyId,
    identity: {
      type: 'AssumedRole',
      arn: issuance.sessionArn,
      account: target,
      issuerArn: issuance.roleArn,
      createdAt: issuance.event.at,
      sourceIdentity: issuance.sourceIdentity,
    },
    calls: calls.length,
    errors: calls.filter(({ errorCode }) => errorCode !== undefined).length,
    denied: calls.filter(({ denied }) => denied).length,
    first: first?.at ?? issuance.event.at,
    last: calls.at(-1)?.at ?? issuance.event.at,
    actions: [...actions.values()].map((same) => ({
      action: {
        source: same[0]?.source ?? '',
        name: same[0]?.name ?? '',
        errorCode: same[0]?.errorCode,
      },
      count: same.length,
      first: secondsOf(same[0]?.at) ?? 0,
      last: secondsOf(same.at(-1)?.at) ?? 0,
    })),
    each: calls,
    joinedBy: 'accessKey',
    issuance,
    issuedBy: issuance.event.caller.arn,
    behind: [
      {
        who: issuance.event.caller.arn ?? '',
        kind: 'role',
        joinedBy: 'accessKey',
        eventId: issuance.event.id,
      },
      { who: 'lambda.amazonaws.com', kind: 'service', joinedBy: 'accessKey' },
    ],
    ...over,
  };
}

/** What happened to a request: event, seconds after it was asked for, and who. */
type Happened = [event: EventName, after: number, by: string];

export interface GrantStory {
  id: string;
  requester?: string;
  entitlement?: string;
  ticket?: string;
  breakGlass?: boolean;
  requestedAt?: Instant;
  status: Grant['status'];
  /** After `requested`. */
  events: Happened[];
  /** Seconds after the request, and how long it lasts. */
  window?: { after: number; seconds: number };
  calls?: Call[];
}

/** A grant as its evidence tells it. One session, issued where the story has `issued`. */
export function aGrant(story: GrantStory): Grant {
  const { id, requester = 'alice@example.com', entitlement = 'orders-read' } = story;
  const { requestedAt = '2026-11-03T09:00:00Z', calls = [], window: span } = story;
  const happened: Happened[] = [['requested', 0, requester], ...story.events];
  const at = (after: number): Instant => addSeconds(requestedAt, after);
  const window = span && { startsAt: at(span.after), endsAt: at(span.after + span.seconds) };
  const links = happened.map(([event, after, by]): Evidence => {
    const hash = sha256Text(`${id} ${event} ${after}`);
    return {
      event,
      at: at(after),
      by,
      requestId: id,
      entitlement,
      digest: sha256Text(id),
      hash,
      previous: 'A'.repeat(43),
      catalogue: sha256Text('catalogue'),
      ticket: story.ticket,
      breakGlass: story.breakGlass ?? false,
      attester: (Object.keys(attesters) as Attester[]).find((name) =>
        attesters[name].some((one) => one === event),
      ),
      caller: 'a function',
      eventId: eventId(hash),
      accessKeyId: keyId(hash),
      account: service,
    };
  });
  links.forEach((link, index) => {
    link.previous = links[index - 1]?.hash ?? link.previous;
  });
  const last = (...events: EventName[]): Evidence | undefined =>
    links.findLast(({ event }) => events.includes(event));
  const ended = last('ended', 'returned', 'revoked', 'failed');
  const reviewed = last('reviewed');
  return {
    id,
    requester,
    entitlement,
    digest: sha256Text(id),
    catalogue: sha256Text('catalogue'),
    ticket: story.ticket,
    breakGlass: story.breakGlass ?? false,
    status: story.status,
    requestedAt,
    decisions: links
      .filter(({ event }) => event === 'approved' || event === 'denied')
      .map(({ event, by, at, eventId }) => ({
        decision: event === 'denied' ? 'deny' : 'approve',
        by,
        at,
        eventId,
      })),
    window,
    sessions: links
      .filter(({ event }) => event === 'issued')
      .map((evidence) => sessionOfGrant({ evidence, entitlement, requester, calls, window })),
    end: ended && { event: ended.event as 'ended', at: ended.at, by: ended.by },
    review: reviewed && { at: reviewed.at, by: reviewed.by },
    closedAt: last('closed')?.at,
    chain: {
      links: links.map((evidence) => ({
        evidence,
        happenedBy: evidence.at,
        content: ['revoked', 'denied', 'reviewed', 'failed'].includes(evidence.event)
          ? 'unknowable'
          : 'recomputed',
      })),
      lost: [],
      closed: last('closed') !== undefined,
      faults: [],
    },
  };
}

function sessionOfGrant({
  evidence,
  entitlement,
  requester,
  calls,
  window,
}: {
  evidence: Evidence;
  entitlement: string;
  requester: string;
  calls: Call[];
  window: Grant['window'];
}): GrantSession {
  const { at, requestId } = evidence;
  const roleArn = `arn:aws:iam::${target}:role/countersign-${entitlement}`;
  const base = anIssuance({ roleArn, sessionName: requestId });
  const issuance: Issuance = {
    ...base,
    event: { ...base.event, at },
    expiresAt: addSeconds(at, 900),
    sourceIdentity: requester,
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['dynamodb:GetItem', 'dynamodb:Query'],
          Resource: `arn:aws:dynamodb:*:${target}:table/orders`,
        },
        {
          Sid: 'End',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': window?.endsAt } },
        },
      ],
    }),
  };
  return {
    issuance,
    accessKeyId: issuance.accessKeyId,
    sessionArn: issuance.sessionArn,
    roleArn,
    issuedAt: at,
    expiresAt: issuance.expiresAt,
    attestedBy: { evidence, how: 'hash' },
    activity: calls.length > 0 ? [aSession(issuance, calls)] : [],
  };
}

const fileName = (account: string, region: string, time: string): string => {
  const day = `${time.slice(0, 4)}/${time.slice(4, 6)}/${time.slice(6, 8)}`;
  return `AWSLogs/${account}/CloudTrail/${region}/${day}/${account}_CloudTrail_${region}_${time}_${keyId(time).slice(0, 16)}.json.gz`;
};

export function aLogFile(account: string, region: string, at: Instant): LogFile {
  const path = fileName(account, region, `${at.slice(0, 16).replace(/[-:]/g, '')}Z`);
  return {
    path,
    bytes: 4_096,
    sha256: Buffer.from(sha256Text(path), 'base64url').toString('hex'),
    records: 12,
    first: addSeconds(at, -300),
    last: at,
  };
}
