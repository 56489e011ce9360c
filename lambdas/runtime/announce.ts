import type { Catalogue } from '#domain/catalogue.ts';
import type { PublishEvents } from '../adapters/eventBus.ts';
import { deliver, type SendMail } from '../adapters/mailer.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import { noticeMail } from '../mail/notice.ts';
import { type ChangePorts, type Circumstances, isConflict, saveAfter } from './change.ts';
import { log } from './log.ts';

export interface AnnouncePorts extends ChangePorts {
  catalogue: Catalogue;
  publish: PublishEvents;
  sendMail: SendMail;
  baseUrl: string;
}

/**
 * Sends the events and the requester's notices for every history entry that still lacks them. Never fails: the record
 * remembers how far each came, and `reconcile` goes on from there. At least once, so a repeat is possible.
 */
export async function announce(
  ports: AnnouncePorts,
  stored: StoredRequest,
  circumstances: Circumstances,
): Promise<StoredRequest> {
  const { request, upkeep } = stored;
  const announced = await publishNew(ports, stored);
  const noticed = await sendNotices(ports, stored);
  if (announced === upkeep.announced && noticed === upkeep.noticed) return stored;
  try {
    return await remember(ports, stored, { announced, noticed, ...circumstances });
  } catch (error) {
    log('error', 'announceLater', { requestId: request.terms.id, error });
    return stored;
  }
}

/** Notes what has gone out, on the record as it is now when another function wrote meanwhile: nobody wants a mail twice. */
async function remember(
  { store }: AnnouncePorts,
  stored: StoredRequest,
  { announced, noticed, ...circumstances }: Circumstances & { announced: number; noticed: number },
): Promise<StoredRequest> {
  const noted = (record: StoredRequest) =>
    saveAfter(
      { store },
      record,
      { ...record, upkeep: { ...record.upkeep, announced, noticed } },
      circumstances,
    );
  try {
    return await noted(stored);
  } catch (error) {
    const current = isConflict(error) ? await store.load(stored.request.terms.id) : undefined;
    if (!current) throw error;
    await noted(current);
    // The caller's record, not the newer one: a step that goes by it must not wait on a version it has not looked at.
    return stored;
  }
}

/** How many entries are published now. */
async function publishNew({ publish }: AnnouncePorts, { request, upkeep }: StoredRequest): Promise<number> {
  const entries = request.history.slice(upkeep.announced);
  if (entries.length === 0) return upkeep.announced;
  try {
    await publish(request, entries);
    return request.history.length;
  } catch (error) {
    log('error', 'publishLater', { requestId: request.terms.id, error });
    return upkeep.announced;
  }
}

/** For how many entries the requester has been told, or needs no mail, now. */
async function sendNotices(ports: AnnouncePorts, { request, upkeep }: StoredRequest): Promise<number> {
  const { requester, entitlement } = request.terms;
  if (requester.email === undefined) return request.history.length;
  const title = ports.catalogue.entries.get(entitlement)?.entitlement.title ?? entitlement;
  let noticed = upkeep.noticed;
  for (const entry of request.history.slice(noticed)) {
    const mail = noticeMail({ request, entry, title, baseUrl: ports.baseUrl });
    const outcome =
      mail && (await deliver(ports.sendMail, { to: requester.email, requestId: request.terms.id, mail }));
    if (outcome === 'failed') return noticed;
    noticed += 1;
  }
  return noticed;
}
