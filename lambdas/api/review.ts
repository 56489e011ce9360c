import * as z from 'zod';
import { isOwnRequest } from '#domain/catalogue.ts';
import { reviewBreakGlass } from '#domain/decide.ts';
import { refuse } from '#domain/errors.ts';
import type { ApiCall } from '../runtime/api.ts';
import { type CommandServices, carryOut } from './carryOut.ts';
import { remarkSchema } from './remark.ts';

export const reviewBody = z.strictObject({
  verdict: z.enum(['justified', 'unjustified']),
  comment: remarkSchema.pipe(z.string().min(1)),
});

/**
 * `POST …/review`: somebody other than the requester judges a break-glass grant, and ends it if it still runs. When it was
 * over already its execution is gone; `reconcile` then starts the one that closes it.
 */
export const review = (call: ApiCall<z.output<typeof reviewBody>>, services: CommandServices) =>
  carryOut(call, services, {
    attester: 'decisions',
    judge: (request, roles) => {
      const { who } = call;
      const reviewer = { ...who, email: who.kind === 'human' ? who.email : undefined };
      if (roles.requester || isOwnRequest(services.catalogue, request.terms.requester, reviewer))
        return refuse('own_request', 'Nobody reviews their own break-glass request.');
      if (!roles.approver)
        return refuse('not_an_approver', 'Only an approver of this request may review it.');
      return reviewBreakGlass(request, call.body);
    },
  });
