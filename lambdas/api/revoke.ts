import * as z from 'zod';
import type { Catalogue } from '#domain/catalogue.ts';
import { revokeGrant } from '#domain/decide.ts';
import { orThrow, RefusalError, refuse } from '#domain/errors.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds } from '#domain/instant.ts';
import type { Workflow } from '../adapters/workflow.ts';
import type { ApiCall } from '../runtime/api.ts';
import { attest, type ChangePorts, change, retryConflicts } from '../runtime/change.ts';
import { wakeQuietly } from '../runtime/wake.ts';
import { remarkSchema } from './remark.ts';
import { summaryOf } from './requestView.ts';
import { loadVisible } from './visibility.ts';

export const revokeBody = z.strictObject({ reason: remarkSchema.pipe(z.string().min(1)) });

/** Seconds until a change of IAM policy is likely to be seen everywhere (facts: measured 4 to 6, documented as minutes). */
const propagation = 60;

/** `POST …/revoke`: stops re-issue at once; `endGrant` then denies what is still alive. */
export async function revoke(
  call: ApiCall<z.output<typeof revokeBody>>,
  services: ChangePorts & { catalogue: Catalogue; workflow: Workflow },
) {
  const { catalogue } = services;
  const { now, who } = call;
  const saved = await retryConflicts(async () => {
    const { stored, roles } = await loadVisible(services, call);
    if (!roles.approver && !roles.admin)
      throw new RefusalError(
        refuse('not_allowed', 'Only the approvers of this request and admins may revoke it.'),
      );
    const event = orThrow(revokeGrant(stored.request, call.body.reason));
    const entry = catalogue.entries.get(stored.request.terms.entitlement);
    return change(services, stored, {
      entry,
      now,
      occurrence: { ...event, at: now, by: sourceIdentityOf(who) },
    });
  });
  await wakeQuietly(services.workflow, saved, 'end');
  const entry = catalogue.entries.get(saved.request.terms.entitlement);
  const attested = await attest(services, saved, { by: 'decisions', entry, now });
  return { ...summaryOf(catalogue, attested.request), accessEndEstimatedAt: addSeconds(now, propagation) };
}
