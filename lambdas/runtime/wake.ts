import type { StoredRequest } from '../adapters/requestItem.ts';
import type { WakeCall, Workflow } from '../adapters/workflow.ts';
import { log } from './log.ts';

/** Wakes the workflow after a change was written. A signal that gets lost is sent again by `reconcile`, so it never fails. */
export async function wakeQuietly(
  workflow: Workflow,
  { request, upkeep }: StoredRequest,
  next: WakeCall,
): Promise<void> {
  try {
    await workflow.wake(upkeep.taskToken, next);
  } catch (error) {
    log('error', 'wakeLater', { requestId: request.terms.id, error });
  }
}
