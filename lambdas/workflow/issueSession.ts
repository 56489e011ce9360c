import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { PackedPolicyTooLargeException, STSClient } from '@aws-sdk/client-sts';
import {
  type AccessRequest,
  type GrantWindow,
  historyHolds,
  isOpen,
  type Session,
} from '#domain/accessRequest.ts';
import type { CatalogueEntry } from '#domain/entitlement.ts';
import { authorisedWindow } from '#domain/grantWindow.ts';
import { addSeconds, type Instant, instantOf, secondsBetween } from '#domain/instant.ts';
import { nextStep } from '#domain/nextStep.ts';
import { reissueTime, sessionDurationOf } from '#domain/sessionLength.ts';
import { verifyMacWith } from '../adapters/macKey.ts';
import { notaryWith } from '../adapters/notary.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import { requestStore } from '../adapters/requestStore.ts';
import { targetSessionWith } from '../adapters/targetSession.ts';
import { attest, change, retryConflicts } from '../runtime/change.ts';
import { readCatalogue, readConfig } from '../runtime/config.ts';
import { log } from '../runtime/log.ts';
import { type Answer, byService, waitUntil, workflowInput } from './answer.ts';
import { sealCredentials } from './sealCredentials.ts';
import { sealsHold } from './verifySeals.ts';

/** On cold start only. */
function buildServices() {
  const config = readConfig('tableName', 'requestKey', 'tokenKey', 'decisionKey', 'notaryRole');
  const kms = new KMSClient();
  const sts = new STSClient();
  return {
    catalogue: readCatalogue(),
    store: requestStore(new DynamoDBClient(), config.tableName),
    notarise: notaryWith(sts, config.notaryRole),
    assumeTarget: targetSessionWith(sts),
    keys: {
      request: verifyMacWith(kms, config.requestKey),
      token: verifyMacWith(kms, config.tokenKey),
      decision: verifyMacWith(kms, config.decisionKey),
    },
  };
}

const services = buildServices();

/** Called by the state machine only: the trusted core. Its one input is a request id; the record and its seals say the rest. */
export async function handler(event: unknown): Promise<Answer> {
  const { requestId } = workflowInput.parse(event);
  return retryConflicts(() => issueSession(requestId, instantOf(new Date())));
}

async function issueSession(requestId: string, now: Instant): Promise<Answer> {
  const stored = await services.store.load(requestId);
  if (!stored) return { next: 'end' };
  const { request } = stored;
  const entry = services.catalogue.entries.get(request.terms.entitlement);
  const next = nextStep(request, { entry, now });
  switch (next.step) {
    case 'hold': {
      const { version } = await tell(stored, { entry, now });
      return waitUntil('hold', next.until, { now, version });
    }
    case 'wait':
      return { next: 'notify' };
    case 'issue':
      return issue(stored, { entry, now });
    default:
      return { next: 'end' };
  }
}

async function issue(
  stored: StoredRequest,
  { entry, now }: { entry: CatalogueEntry | undefined; now: Instant },
): Promise<Answer> {
  const { request } = stored;
  const window = await approvedWindow(stored, entry);
  if ('failure' in window) return fail(stored, { entry, now, reason: window.failure });
  if (now >= window.endsAt) return { next: 'end' };
  if (now < window.startsAt) return waitUntil('hold', window.startsAt, { now, version: stored.version });

  const sessionSeconds = sessionDurationOf(
    secondsBetween(window.startsAt, window.endsAt),
    entry?.entitlement.sessionDuration,
  );
  const session = await openSession(request, { window, now, sessionSeconds });
  if ('failure' in session) return fail(stored, { entry, now, reason: session.failure });
  // Notarised, then written: until the write nobody can read the session, so no evidence means no access.
  const occurrence = { event: 'issued', at: now, by: byService, session, window } as const;
  const issued = await change(services, stored, { entry, now, occurrence });
  log('info', 'issued', { requestId: request.terms.id, entitlement: request.terms.entitlement });
  const { version } = await tell(issued, { entry, now });
  return waitUntil('hold', session.reissueAt ?? window.endsAt, { now, version });
}

/** After the sealed write: mail and event clients load only then, off the path that the requester waits for. */
async function tell(
  stored: StoredRequest,
  circumstances: { entry: CatalogueEntry | undefined; now: Instant },
): Promise<StoredRequest> {
  if (stored.upkeep.announced === stored.request.history.length) return stored;
  const [{ announce }, { announcer }] = await Promise.all([
    import('../runtime/announce.ts'),
    import('../runtime/announcer.ts'),
  ]);
  return announce(announcer(services), stored, circumstances);
}

/** The grant's window from sealed times only, or why it must not be issued. */
async function approvedWindow(
  stored: StoredRequest,
  entry: CatalogueEntry | undefined,
): Promise<GrantWindow | { failure: string }> {
  const { request } = stored;
  if (!historyHolds(request) || !(await sealsHold(stored, services.keys)))
    return { failure: 'record_altered' };
  const window = authorisedWindow(services.catalogue, entry, request);
  if ('failure' in window) return window;
  const recorded = 'window' in request ? request.window : undefined;
  const same = recorded?.startsAt === window.startsAt && recorded.endsAt === window.endsAt;
  return same ? window : { failure: 'record_altered' };
}

async function openSession(
  request: AccessRequest,
  { window, now, sessionSeconds }: { window: GrantWindow; now: Instant; sessionSeconds: number },
): Promise<Session | { failure: string }> {
  const { terms, digest, decisions } = request;
  try {
    const order = { terms, digest, decisions, endsAt: window.endsAt, durationSeconds: sessionSeconds };
    const credentials = await services.assumeTarget(order);
    const jwe = await sealCredentials(credentials, terms.recipientKey, window.endsAt);
    const sequence = (request.status === 'active' ? request.session.sequence : 0) + 1;
    const reissueAt = reissueTime(now, sessionSeconds, window.endsAt);
    return {
      sequence,
      accessKeyId: credentials.accessKeyId,
      // By the clock of STS: the boundary compares it with `aws:TokenIssueTime`.
      issuedAt: addSeconds(credentials.stsExpiresAt, -sessionSeconds),
      stsExpiresAt: credentials.stsExpiresAt,
      ...(reissueAt && { reissueAt }),
      jwe,
    };
  } catch (error) {
    if (!(error instanceof PackedPolicyTooLargeException)) throw error;
    return {
      failure:
        'STS found the session policy and tags too large when packed. Ask the platform team to shorten the entitlement.',
    };
  }
}

async function fail(
  stored: StoredRequest,
  { reason, ...circumstances }: { reason: string; entry: CatalogueEntry | undefined; now: Instant },
): Promise<Answer> {
  const { request } = stored;
  if (isOpen(request)) {
    log('error', 'failed', { requestId: request.terms.id, entitlement: request.terms.entitlement });
    const occurrence = { event: 'failed', at: circumstances.now, by: byService, reason } as const;
    const failed = await change(services, stored, { ...circumstances, occurrence });
    await attest(services, failed, { by: 'issueSession', ...circumstances });
  }
  return { next: 'end' };
}
