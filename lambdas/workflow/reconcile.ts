import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import { historyHolds, isClosed, isOpen } from '#domain/accessRequest.ts';
import { addSeconds, type Instant, instantOf } from '#domain/instant.ts';
import { mustMove, nextStep, owesMail, owesWords } from '#domain/nextStep.ts';
import { notaryWith } from '../adapters/notary.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import { requestStore } from '../adapters/requestStore.ts';
import { type WakeCall, workflowOf } from '../adapters/workflow.ts';
import { announce } from '../runtime/announce.ts';
import { announcer } from '../runtime/announcer.ts';
import { attest, type Circumstances, isConflict, saveAfter } from '../runtime/change.ts';
import { readCatalogue, readConfig } from '../runtime/config.ts';
import { log } from '../runtime/log.ts';

/** On cold start only. */
function buildServices() {
  const config = readConfig('tableName', 'notaryRole', 'stateMachine');
  const changes = {
    catalogue: readCatalogue(),
    store: requestStore(new DynamoDBClient(), config.tableName),
    notarise: notaryWith(new STSClient(), config.notaryRole),
  };
  return { ...announcer(changes), workflow: workflowOf(new SFNClient(), config.stateMachine) };
}

const services = buildServices();

/** Requests looked at in one run; the rest follow a minute later. */
const batchSize = 50;
/** Seconds before a request that could not be handled is looked at again. */
const postponement = 600;
/** Seconds that a started execution gets before it is looked at again. */
const patience = 120;

/**
 * Called every minute: finds what is overdue and moves it, so that a lost execution, a lost signal or evidence that could
 * not be made leaves nothing hanging. Everything it does, the workflow may do at the same time.
 */
export async function handler(): Promise<{ moved: number }> {
  const now = instantOf(new Date());
  const ids = await services.store.overdue(now, batchSize);
  const moved = await Promise.all(ids.map((id) => reconcile(id, now)));
  return { moved: moved.filter(Boolean).length };
}

async function reconcile(id: string, now: Instant): Promise<boolean> {
  try {
    const stored = await services.store.load(id);
    if (!stored || (stored.dueAt !== undefined && stored.dueAt > now)) return false;
    if (isClosed(stored.request) && !historyHolds(stored.request)) {
      // Nothing can be done for it here: somebody wrote beside the rules, and the alarm says so.
      log('error', 'brokenHistory', { requestId: id });
      await services.store.postpone(id, addSeconds(now, postponement));
      return false;
    }
    const circumstances = { entry: services.catalogue.entries.get(stored.request.terms.entitlement), now };
    const attested = await attest(services, stored, { by: 'reconcile', ...circumstances });
    const announced = await announce(services, attested, circumstances);
    const lost = neverStarted(announced) || neverEnded(announced);
    const late = lost || !owesWords(stored.request, stored.upkeep);
    if (late || mustMove(announced.request, announced.upkeep, circumstances))
      await move(announced, circumstances);
    else if (announced.version === stored.version)
      await saveAfter(services, announced, announced, circumstances);
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    log('error', 'reconcileFailed', { requestId: id, error });
    // What cannot be read or moved must not stand in the way of the others for ever.
    await services.store.postpone(id, addSeconds(now, postponement));
    return false;
  }
}

/** No execution ever came to wait for it: the start was lost, and no timer of a workflow will look after it. */
const neverStarted = ({ request, upkeep }: StoredRequest): boolean =>
  isOpen(request) && upkeep.taskToken === undefined;

/** No execution ever heard of the end: the sealed session is still there, and what is alive is not denied yet. */
const neverEnded = ({ request }: StoredRequest): boolean =>
  isClosed(request) && request.session?.jwe !== undefined;

/** Wakes the execution that waits, or starts another: an execution can be lost at any point. */
async function move(stored: StoredRequest, circumstances: Circumstances): Promise<void> {
  const { request, upkeep } = stored;
  const { step } = nextStep(request, circumstances);
  log('warn', 'overdue', { requestId: request.terms.id, step });
  if (isOpen(request) && (await services.workflow.wake(upkeep.taskToken, wakeCallOf(stored)))) return;
  const attempt = upkeep.attempt + 1;
  const after = { ...stored, upkeep: { ...upkeep, attempt } };
  await services.store.save(stored, after, addSeconds(circumstances.now, patience));
  await services.workflow.start(request.terms.id, attempt);
}

const wakeCallOf = ({ request, upkeep }: StoredRequest): WakeCall =>
  request.status === 'pending' || owesMail(upkeep) ? 'notify' : 'issue';
