import { complaintOf } from '../complaint.ts';
import { isOver } from '../requests/eraseOver.ts';
import { forgetRequest, type RememberedRequest, rememberedRequests } from '../requests/rememberedRequests.ts';
import { keptKeys } from '../requests/requestKey.ts';
import { counted } from '../terminal/counted.ts';
import { type Check, fine, note, wrong } from './check.ts';

/** Private keys that should be gone. Those of requests that are over are erased, as by any other command; here it is told if that fails. */
export const leftovers: Check = {
  about: 'Keys',
  async find() {
    const remembered = await rememberedRequests();
    const over = remembered.filter((request) => isOver(request, new Date()));
    const erased = await Promise.all(over.map(erase));
    const known = new Set(remembered.map(({ id }) => id));
    const keys = await keptKeys();
    const unknown = keys.filter((id) => !known.has(id));
    const count = keys.length - unknown.length;
    const whose = count === 0 ? 'none of a request' : `of ${counted(count, 'request')}`;
    const kept = `${whose} that this machine remembers`;
    const failures = erased.filter((failure) => failure !== undefined);
    const gone = over.length - failures.length;
    return [
      fine(gone > 0 ? `${kept}; erased now: of ${counted(gone, 'request')} over by now` : kept),
      ...failures.map(wrong),
      ...unknown.map((id) =>
        note(`of ${id}, which is not known here otherwise: countersign status ${id} tells what it is`),
      ),
    ];
  },
};

/** Why it failed, if it did. */
async function erase({ id }: RememberedRequest): Promise<string | undefined> {
  try {
    await forgetRequest(id);
    return undefined;
  } catch (error) {
    return `The key of ${id}, which is over, cannot be erased: ${complaintOf(error).message}`;
  }
}
