import * as z from 'zod';
import { type Catalogue, isOwnRequest } from '#domain/catalogue.ts';
import { reviewBreakGlass } from '#domain/decide.ts';
import { orThrow, RefusalError, refuse } from '#domain/errors.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import type { Workflow } from '../adapters/workflow.ts';
import type { ApiCall } from '../runtime/api.ts';
import { type ChangePorts, change, retryConflicts } from '../runtime/change.ts';
import { wakeQuietly } from '../runtime/wake.ts';
import { remarkSchema } from './remark.ts';
import { summaryOf } from './requestView.ts';
import { loadVisible } from './visibility.ts';

export const reviewBody = z.strictObject({
  verdict: z.enum(['justified', 'unjustified']),
  comment: remarkSchema.pipe(z.string().min(1)),
});

/** `POST …/review`: somebody other than the requester judges a break-glass grant, and ends it if it still runs. */
export async function review(
  call: ApiCall<z.output<typeof reviewBody>>,
  services: ChangePorts & { catalogue: Catalogue; workflow: Workflow },
) {
  const { catalogue } = services;
  const { now, who } = call;
  const saved = await retryConflicts(async () => {
    const { stored, roles } = await loadVisible(services, call);
    const { requester } = stored.request.terms;
    if (
      roles.requester ||
      isOwnRequest(catalogue, requester, { ...who, email: 'email' in who ? who.email : undefined })
    )
      throw new RefusalError(refuse('own_request', 'Nobody reviews their own break-glass request.'));
    if (!roles.approver)
      throw new RefusalError(refuse('not_an_approver', 'Only an approver of this request may review it.'));
    const event = orThrow(reviewBreakGlass(stored.request, call.body));
    const entry = catalogue.entries.get(stored.request.terms.entitlement);
    return change(services, stored, {
      entry,
      now,
      occurrence: { ...event, at: now, by: sourceIdentityOf(who) },
    });
  });
  // Over already, its execution is gone: `reconcile` then starts the one that closes it.
  await wakeQuietly(services.workflow, saved, 'end');
  return summaryOf(catalogue, saved.request);
}
