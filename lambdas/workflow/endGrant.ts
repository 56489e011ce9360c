import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import {
  type ClosedRequest,
  evolve,
  isClosed,
  isOpen,
  type RequestEvent,
  withoutSealedSession,
} from '#domain/accessRequest.ts';
import { mustDenyUntil } from '#domain/earlyEnd.ts';
import type { CatalogueEntry } from '#domain/entitlement.ts';
import { type Instant, instantOf } from '#domain/instant.ts';
import { nextStep } from '#domain/nextStep.ts';
import { boundaryWriterWith } from '../adapters/boundary.ts';
import { denyListsIn } from '../adapters/denyLists.ts';
import { notaryWith } from '../adapters/notary.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import { requestStore } from '../adapters/requestStore.ts';
import { workflowOf } from '../adapters/workflow.ts';
import { announce } from '../runtime/announce.ts';
import { announcer } from '../runtime/announcer.ts';
import { attest, change, retryConflicts, saveAfter } from '../runtime/change.ts';
import { readCatalogue, readConfig } from '../runtime/config.ts';
import { log } from '../runtime/log.ts';
import { type Answer, byService, workflowInput } from './answer.ts';
import { denySessions, renderBoundary } from './denySessions.ts';

/** On cold start only. */
function buildServices() {
  const config = readConfig('tableName', 'notaryRole', 'stateMachine');
  const catalogue = readCatalogue();
  const dynamodb = new DynamoDBClient();
  const sts = new STSClient();
  const changes = {
    catalogue,
    store: requestStore(dynamodb, config.tableName),
    notarise: notaryWith(sts, config.notaryRole),
  };
  return {
    ...announcer(changes),
    denyLists: denyListsIn(dynamodb, config.tableName),
    writeBoundary: boundaryWriterWith(sts),
    workflow: workflowOf(new SFNClient(), config.stateMachine),
    entryOf: ({ request }: StoredRequest) => catalogue.entries.get(request.terms.entitlement),
  };
}

const services = buildServices();

/** The name of an error as Step Functions and Lambda give it. Anything else would be somebody's words in a notice. */
const errorName = z
  .string()
  .regex(/^[\w.]{1,100}$/)
  .catch('unknown');

const input = workflowInput.extend({ failure: z.object({ error: errorName }).optional() });

/** Called by the state machine last, and again by `reconcile` until nothing is left to do. */
export async function handler(event: unknown): Promise<Answer> {
  const { requestId, failure } = input.parse(event);
  await retryConflicts(() => endGrant(requestId, { failure: failure?.error, now: instantOf(new Date()) }));
  return { next: 'end' };
}

interface Circumstances {
  entry: CatalogueEntry | undefined;
  now: Instant;
}

async function endGrant(
  requestId: string,
  { failure, now }: { failure: string | undefined; now: Instant },
): Promise<void> {
  const stored = await services.store.load(requestId);
  if (!stored) return log('error', 'noRecord', { requestId });
  const circumstances = { entry: services.entryOf(stored), now };
  const event = endingOf(stored, failure, circumstances);
  const ended = event
    ? await change(services, stored, { ...circumstances, occurrence: { ...event, at: now, by: byService } })
    : stored;
  if (isClosed(ended.request)) await settle(ended, ended.request, circumstances);
}

/** What ends an open request: its time, an entitlement that changed, or an error that the workflow could not get over. */
function endingOf(
  { request }: StoredRequest,
  failure: string | undefined,
  circumstances: Circumstances,
): RequestEvent | undefined {
  if (!isOpen(request)) return undefined;
  const next = nextStep(request, circumstances);
  if (next.step === 'end') return { event: 'ended' };
  if (next.step === 'fail') return { event: 'failed', reason: next.reason };
  if (failure === undefined) return undefined;
  log('error', 'workflowFailed', { requestId: request.terms.id, code: failure });
  const reason = `Something failed on our side (${failure}). Ask again, and tell the platform team if it fails again.`;
  return { event: 'failed', reason };
}

/** Access first, evidence and notices after: deny what is still alive, erase, write the last link, put it on record, tell. */
async function settle(
  stored: StoredRequest,
  request: ClosedRequest,
  circumstances: Circumstances,
): Promise<void> {
  const { now } = circumstances;
  const deniedUntil = mustDenyUntil(request, now);
  const { roleArn, id: requestId } = request.terms;
  if (deniedUntil) await denySessions(services, request, { until: deniedUntil, now });
  else if (stored.upkeep.deniedUntil) await renderBoundary(services, { roleArn, requestId, now });

  const erased = withoutSealedSession(request);
  const { step } = nextStep(erased, circumstances);
  const last = step === 'close' ? evolve(erased, { event: 'closed', at: now, by: byService }) : erased;
  const { deniedUntil: _, ...upkeep } = stored.upkeep;
  const settled = { ...stored, request: last, upkeep: { ...upkeep, ...(deniedUntil && { deniedUntil }) } };
  const saved = await saveAfter(services, stored, settled, circumstances);
  const attested = await attest(services, saved, { by: 'endGrant', ...circumstances });
  await announce(services, attested, circumstances);
}
