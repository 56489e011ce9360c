import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import type { CatalogueEntry } from '#domain/entitlement.ts';
import { addSeconds, earliest, type Instant, instantOf } from '#domain/instant.ts';
import { nextStep, owesMail } from '#domain/nextStep.ts';
import { generateMacWith } from '../adapters/macKey.ts';
import { notaryWith } from '../adapters/notary.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import { requestStore } from '../adapters/requestStore.ts';
import { announce } from '../runtime/announce.ts';
import { announcer } from '../runtime/announcer.ts';
import { attest, change, retryConflicts } from '../runtime/change.ts';
import { readCatalogue, readConfig } from '../runtime/config.ts';
import { log } from '../runtime/log.ts';
import { type Answer, byService, waitUntil, workflowInput } from './answer.ts';
import { type InvitePorts, invite, tellOfBreakGlass } from './invite.ts';

/** On cold start only. */
function buildServices(): InvitePorts {
  const config = readConfig('tableName', 'tokenKey', 'notaryRole');
  const changes = {
    catalogue: readCatalogue(),
    store: requestStore(new DynamoDBClient(), config.tableName),
    notarise: notaryWith(new STSClient(), config.notaryRole),
  };
  return { ...announcer(changes), makeToken: generateMacWith(new KMSClient(), config.tokenKey) };
}

const services = buildServices();

/** Called by the state machine, and again at every timer until the request leaves `pending`. */
export async function handler(event: unknown): Promise<Answer> {
  const { requestId } = workflowInput.parse(event);
  return retryConflicts(() => notifyApprovers(requestId, instantOf(new Date())));
}

async function notifyApprovers(requestId: string, now: Instant): Promise<Answer> {
  const stored = await services.store.load(requestId);
  if (!stored) return { next: 'end' };
  const entry = services.catalogue.entries.get(stored.request.terms.entitlement);
  const next = nextStep(stored.request, { entry, now });
  switch (next.step) {
    case 'wait': {
      const invited = entry ? await invite(services, stored, { entry, now }) : stored;
      const { version, upkeep } = await announce(services, invited, { entry, now });
      const until = owesMail(upkeep) ? earliest(next.until, addSeconds(now, mailPause)) : next.until;
      return waitUntil('wait', until, { now, version });
    }
    case 'expire': {
      const occurrence = { event: 'expired', at: now, by: byService } as const;
      const expired = await change(services, stored, { entry, now, occurrence });
      await attest(services, expired, { by: 'notifyApprovers', entry, now });
      return { next: 'end' };
    }
    case 'issue':
    case 'hold':
      await tellReviewers(stored, { entry, now });
      return { next: 'issue' };
    default:
      await tellReviewers(stored, { entry, now });
      return { next: 'end' };
  }
}

/** Seconds before invitations that an outage held up are tried again. */
const mailPause = 60;

/** Break-glass goes ahead without approval, so its approvers hear of it at once; but it waits for no mail. */
async function tellReviewers(
  stored: StoredRequest,
  { entry, now }: { entry: CatalogueEntry | undefined; now: Instant },
): Promise<void> {
  if (!stored.request.terms.breakGlass || stored.request.review || !entry) return;
  try {
    await tellOfBreakGlass(services, stored, { entry, now });
  } catch (error) {
    log('error', 'tellReviewersLater', { requestId: stored.request.terms.id, error });
  }
}
