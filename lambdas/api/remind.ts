import type { Catalogue } from '#domain/catalogue.ts';
import { RefusalError, refuse } from '#domain/errors.ts';
import { addSeconds } from '#domain/instant.ts';
import type { RequestStore } from '../adapters/requestStore.ts';
import type { Workflow } from '../adapters/workflow.ts';
import type { ApiCall } from '../runtime/api.ts';
import { retryConflicts, saveAfter } from '../runtime/change.ts';
import { wakeQuietly } from '../runtime/wake.ts';
import { summaryOf } from './requestView.ts';
import { loadVisible } from './visibility.ts';

/** Seconds between two reminders of one request. */
const reminderPause = 900;

/** `POST …/remind`: has the invitations sent again, by the one function that can make approval tokens. */
export async function remind(
  call: ApiCall<unknown>,
  services: { store: RequestStore; catalogue: Catalogue; workflow: Workflow },
) {
  const { catalogue } = services;
  const { now } = call;
  const saved = await retryConflicts(async () => {
    const { stored, roles } = await loadVisible(services, call);
    const { request, upkeep } = stored;
    if (!roles.requester && !roles.approver)
      throw new RefusalError(
        refuse('not_allowed', 'Only the requester and the approvers may send a reminder.'),
      );
    if (request.status !== 'pending')
      throw new RefusalError(
        refuse('wrong_state', `This request is ${request.status}; there is nobody to remind.`),
      );
    if (upkeep.remindedAt && addSeconds(upkeep.remindedAt, reminderPause) > now)
      throw new RefusalError(refuse('too_many_reminders', 'A reminder went out less than 15 minutes ago.'));
    const entry = catalogue.entries.get(request.terms.entitlement);
    return saveAfter(services, stored, { ...stored, upkeep: { ...upkeep, remindedAt: now } }, { entry, now });
  });
  await wakeQuietly(services.workflow, saved, 'notify');
  return summaryOf(catalogue, saved.request);
}
