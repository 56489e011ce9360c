import type { AccessRequest } from '#client/answers.ts';
import { CommandError } from '../commandError.ts';
import { forgetRequest, rememberedRequest, rememberRequest } from './rememberedRequests.ts';

const closed: readonly AccessRequest['status'][] = [
  'denied',
  'cancelled',
  'expired',
  'ended',
  'revoked',
  'failed',
];

/** A closed status never changes. */
export const isClosed = ({ status }: Pick<AccessRequest, 'status'>): boolean => closed.includes(status);

/**
 * Takes in what the service has just said of a request, where it is one of this machine: its grant is remembered, and once it is closed its key
 * is erased. Where that cannot be written, such as in a read-only home, the command goes on without it: the service says it again.
 */
export async function noticeRequest(request: AccessRequest): Promise<void> {
  try {
    await takeIn(request);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
}

async function takeIn(request: AccessRequest): Promise<void> {
  const remembered = await rememberedRequest(request.id);
  if (!remembered) return;
  if (isClosed(request)) return forgetRequest(request.id);
  const { startsAt, endsAt } = request;
  if (startsAt === undefined || endsAt === undefined) return;
  if (remembered.startsAt === startsAt && remembered.endsAt === endsAt) return;
  await rememberRequest({ ...remembered, startsAt, endsAt });
}
