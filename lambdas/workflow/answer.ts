import * as z from 'zod';
import { type Instant, secondsBetween } from '#domain/instant.ts';
import { requestIdSchema } from '#domain/terms.ts';

/** The only input of a workflow function, and all that the workflow ever knows of a request. */
export const workflowInput = z.object({ requestId: requestIdSchema });

/** What a workflow function tells the state machine: where to go, and how long to wait there. */
export type Answer =
  | { next: 'wait' | 'hold'; seconds: number; version: number }
  | { next: 'issue' | 'notify' | 'end' };

/** Wait at most until an instant, on this version of the record: if it has moved on, the wait does not begin. */
export const waitUntil = (
  next: 'wait' | 'hold',
  until: Instant,
  { now, version }: { now: Instant; version: number },
): Answer => ({
  next,
  seconds: Math.max(1, Math.ceil(secondsBetween(now, until))),
  version,
});

export const byService = 'countersign';
