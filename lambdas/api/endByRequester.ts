import type { AccessRequest, RequestEvent } from '#domain/accessRequest.ts';
import { type Refusal, refuse } from '#domain/errors.ts';
import type { ApiCall } from '../runtime/api.ts';
import { type CommandServices, carryOut } from './carryOut.ts';

/** `POST …/cancel` and `…/return`: the requester alone gives up the request or the grant. */
export const endByRequester = (
  call: ApiCall<unknown>,
  services: CommandServices,
  decide: (request: AccessRequest) => RequestEvent | Refusal,
) =>
  carryOut(call, services, {
    attester: 'requests',
    judge: (request, { requester }) =>
      requester ? decide(request) : refuse('not_allowed', 'Only the requester may do this.'),
  });
