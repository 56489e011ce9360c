import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { carryOut } from '../requests/carryOut.ts';
import { chosenRequest } from '../requests/chosenRequest.ts';
import { openRequestWord } from '../requests/requestWord.ts';
import { serviceOfRequest } from '../requests/serviceOfRequest.ts';
import { requestServiceOptions } from '../service.ts';
import { answer } from '../terminal/answer.ts';
import { clockTime } from '../terminal/times.ts';

export const remind = command({
  name: 'remind',
  says: 'Sends the approvers of a pending request their mails once more, at most every 15 minutes.',
  words: [openRequestWord],
  options: requestServiceOptions,
  examples: [['countersign remind orders-read', 'the newest request for orders-read']],
  async run({ values, words: [word] }) {
    const id = await chosenRequest(word, 'open', values);
    const request = await carryOut(await serviceOfRequest(id, values), id, { path: 'remind' });
    answer(
      request,
      () => [
        `The approvers of request ${request.id} get their mails again. They can decide until ${clockTime(request.expiresAt)}.`,
      ],
      values,
    );
    return exitCodes.done;
  },
});
