import type { AccessRequest, RequestEvent } from '#domain/accessRequest.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import { orThrow, type Refusal } from '#domain/errors.ts';
import type { Attester } from '#domain/history.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import type { Workflow } from '../adapters/workflow.ts';
import type { ApiCall } from '../runtime/api.ts';
import { attest, type ChangePorts, change, retryConflicts } from '../runtime/change.ts';
import { wakeQuietly } from '../runtime/wake.ts';
import { summaryOf } from './requestView.ts';
import { loadVisible, type Roles } from './visibility.ts';

export interface CommandServices extends ChangePorts {
  catalogue: Catalogue;
  workflow: Workflow;
}

/** A command that ends something. `judge` says what it causes, or why not. */
export interface Command {
  attester: Attester;
  judge: (request: AccessRequest, roles: Roles) => RequestEvent | Refusal;
}

/**
 * Carries out a command on a request that the caller may see: judged on a fresh read, written on the condition that nothing
 * moved, the workflow woken, then put on record. Answers the request as it is now.
 */
export async function carryOut(
  call: ApiCall<unknown>,
  services: CommandServices,
  { attester, judge }: Command,
) {
  const { catalogue, workflow } = services;
  const { who, now } = call;
  const entryOf = ({ terms }: AccessRequest) => catalogue.entries.get(terms.entitlement);
  const saved = await retryConflicts(async () => {
    const { stored, roles } = await loadVisible(services, call);
    const event = orThrow(judge(stored.request, roles));
    const occurrence = { ...event, at: now, by: sourceIdentityOf(who) };
    return change(services, stored, { entry: entryOf(stored.request), now, occurrence });
  });
  await wakeQuietly(workflow, saved, 'end');
  const attested = await attest(services, saved, { by: attester, entry: entryOf(saved.request), now });
  return summaryOf(catalogue, attested.request);
}
