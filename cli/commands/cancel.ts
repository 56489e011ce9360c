import type { AccessRequest } from '#client/answers.ts';
import { statusWords } from '#client/statusWords.ts';
import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { carryOut } from '../requests/carryOut.ts';
import { requestToEnd } from '../requests/requestToEnd.ts';
import { requestToEndWord } from '../requests/requestWord.ts';
import { serviceOfRequest } from '../requests/serviceOfRequest.ts';
import { requestServiceOptions } from '../service.ts';
import { answer } from '../terminal/answer.ts';

export const cancel = command({
  name: 'cancel',
  says: 'Withdraws a request that nobody has decided on yet.',
  words: [requestToEndWord],
  options: requestServiceOptions,
  examples: [['countersign cancel', 'the only request of this machine that waits']],
  async run({ values, words: [word] }) {
    const id = await requestToEnd(word, 'pending', values);
    const request = await carryOut(await serviceOfRequest(id, values), id, { path: 'cancel' });
    answer(request, () => [effectOf(request)], values);
    return exitCodes.done;
  },
});

const effectOf = (request: AccessRequest): string =>
  request.status === 'cancelled'
    ? `Request ${request.id} is withdrawn. Nobody can approve it any more.`
    : `Request ${request.id}: ${statusWords(request)}`;
