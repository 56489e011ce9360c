import type { Catalogue } from '#domain/catalogue.ts';
import type { PublishEvents } from '../adapters/eventBus.ts';
import type { SendMail } from '../adapters/mailer.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import { noticeMail } from '../mail/notice.ts';
import { type ChangePorts, type Circumstances, saveAfter } from './change.ts';
import { log } from './log.ts';

export interface AnnouncePorts extends ChangePorts {
  catalogue: Catalogue;
  publish: PublishEvents;
  sendMail: SendMail;
  baseUrl: string;
}

/**
 * Sends the events and the requester's notices for every history entry that has not been announced. Never fails: the
 * record remembers how far it came, and `reconcile` goes on from there. At least once, so a repeat is possible.
 */
export async function announce(
  ports: AnnouncePorts,
  stored: StoredRequest,
  circumstances: Circumstances,
): Promise<StoredRequest> {
  const { request, upkeep } = stored;
  const entries = request.history.slice(upkeep.announced);
  if (entries.length === 0) return stored;
  try {
    await ports.publish(request, entries);
    await sendNotices(ports, stored);
    const announced = request.history.length;
    return await saveAfter(ports, stored, { ...stored, upkeep: { ...upkeep, announced } }, circumstances);
  } catch (error) {
    log('error', 'announceLater', { requestId: request.terms.id, error });
    return stored;
  }
}

async function sendNotices(
  { sendMail, baseUrl, catalogue }: AnnouncePorts,
  { request, upkeep }: StoredRequest,
): Promise<void> {
  const { id, requester, entitlement } = request.terms;
  const to = requester.email;
  if (to === undefined) return;
  const title = catalogue.entries.get(entitlement)?.entitlement.title ?? entitlement;
  for (const entry of request.history.slice(upkeep.announced)) {
    const mail = noticeMail({ request, entry, title, baseUrl });
    if (mail) await sendMail({ to, requestId: id, mail });
  }
}
