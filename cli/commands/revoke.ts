import { command } from '../command.ts';
import { writtenReason } from '../deciding/writtenReason.ts';
import { exitCodes } from '../exitCodes.ts';
import { carryOut } from '../requests/carryOut.ts';
import { idOf } from '../requests/requestId.ts';
import { serviceOfRequest } from '../requests/serviceOfRequest.ts';
import { requestServiceOptions } from '../service.ts';
import { earlyEndText } from '../story/earlyEnd.ts';
import { answer } from '../terminal/answer.ts';

export const revoke = command({
  name: 'revoke',
  says: 'Ends somebody’s access at once. For the approvers of the request, and for admins.',
  words: [{ name: 'REQUEST', says: 'its id', values: 'request ids' }],
  options: {
    because: { type: 'string', value: 'TEXT', says: 'why: the requester and auditors read it' },
    ...requestServiceOptions,
  },
  examples: [
    [
      'countersign revoke 01KAQ3M8X0S7V5R2E9D4T6W1ZB --because "The laptop was lost"',
      'ends that access, and says from when on it is likely to be over everywhere',
    ],
  ],
  async run({ values, words: [word = ''] }) {
    const id = idOf(word);
    const reason = await writtenReason(values.because, 'Why do you revoke it?');
    const request = await carryOut(await serviceOfRequest(id, values), id, {
      path: 'revoke',
      body: { reason },
    });
    answer(request, () => [`Request ${id} is revoked. ${earlyEndText(request)}`], values);
    return exitCodes.done;
  },
});
