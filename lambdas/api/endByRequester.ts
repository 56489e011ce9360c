import type { AccessRequest, RequestEvent } from '#domain/accessRequest.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import { orThrow, type Refusal, RefusalError, refuse } from '#domain/errors.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import type { Workflow } from '../adapters/workflow.ts';
import type { ApiCall } from '../runtime/api.ts';
import { attest, type ChangePorts, change, retryConflicts } from '../runtime/change.ts';
import { wakeQuietly } from '../runtime/wake.ts';
import { summaryOf } from './requestView.ts';
import { loadVisible } from './visibility.ts';

/** Cancel and return: the requester alone gives up the request or the grant. Written first, woken, then put on record. */
export async function endByRequester(
  call: ApiCall<unknown>,
  services: ChangePorts & { catalogue: Catalogue; workflow: Workflow },
  decide: (request: AccessRequest) => RequestEvent | Refusal,
) {
  const { catalogue } = services;
  const saved = await retryConflicts(async () => {
    const { stored, roles } = await loadVisible(services, call);
    if (!roles.requester) throw new RefusalError(refuse('not_allowed', 'Only the requester may do this.'));
    const event = orThrow(decide(stored.request));
    const entry = catalogue.entries.get(stored.request.terms.entitlement);
    const occurrence = { ...event, at: call.now, by: sourceIdentityOf(call.who) };
    return change(services, stored, { entry, now: call.now, occurrence });
  });
  await wakeQuietly(services.workflow, saved, 'end');
  const entry = catalogue.entries.get(saved.request.terms.entitlement);
  const attested = await attest(services, saved, { by: 'requests', entry, now: call.now });
  return summaryOf(catalogue, attested.request);
}
