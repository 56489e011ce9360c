import { statusWords } from '#client/statusWords.ts';
import { command } from '../command.ts';
import { namedRequest } from '../deciding/givenLink.ts';
import { pendingRequest } from '../deciding/pendingRequest.ts';
import { writtenReason } from '../deciding/writtenReason.ts';
import { exitCodes } from '../exitCodes.ts';
import { carryOut } from '../requests/carryOut.ts';
import { serviceOf, serviceOptions } from '../service.ts';
import { answer } from '../terminal/answer.ts';

export const deny = command({
  name: 'deny',
  says: 'Denies a request that you may decide on. One approver who denies it is enough.',
  words: [{ name: 'LINK', says: 'the link of your mail, or the id of the request; - reads it from stdin' }],
  options: {
    because: { type: 'string', value: 'TEXT', says: 'why: the requester and auditors read it' },
    ...serviceOptions,
  },
  examples: [
    ['countersign deny 01KAQ3M8X0S7V5R2E9D4T6W1ZB --because "Use the report instead"', 'denies that request'],
  ],
  async run({ values, words: [word] }) {
    const service = await serviceOf(values);
    const { id } = await pendingRequest(service.api, await namedRequest(word, service.url));
    const comment = await writtenReason(values.because, 'Why do you deny it?');
    const request = await carryOut(service, id, {
      path: 'decision',
      body: { decision: 'deny', comment },
    });
    answer(
      request,
      () => [
        request.status === 'denied'
          ? `You denied request ${id}. No access is given.`
          : `Request ${id}: ${statusWords(request)}`,
      ],
      values,
    );
    return exitCodes.done;
  },
});
