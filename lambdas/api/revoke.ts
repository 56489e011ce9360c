import * as z from 'zod';
import { revokeGrant } from '#domain/decide.ts';
import { refuse } from '#domain/errors.ts';
import { addSeconds } from '#domain/instant.ts';
import type { ApiCall } from '../runtime/api.ts';
import { type CommandServices, carryOut } from './carryOut.ts';
import { remarkSchema } from './remark.ts';

export const revokeBody = z.strictObject({ reason: remarkSchema.pipe(z.string().min(1)) });

/** Seconds until a change of IAM policy is likely to be seen everywhere (measured 4 to 6, documented as minutes). */
const propagation = 60;

/** `POST …/revoke`: stops re-issue at once; `endGrant` then denies what is still alive. */
export async function revoke(call: ApiCall<z.output<typeof revokeBody>>, services: CommandServices) {
  const request = await carryOut(call, services, {
    attester: 'decisions',
    judge: (stored, { approver, admin }) =>
      approver || admin
        ? revokeGrant(stored, call.body.reason)
        : refuse('not_allowed', 'Only the approvers of this request and admins may revoke it.'),
  });
  return { ...request, accessEndEstimatedAt: addSeconds(call.now, propagation) };
}
