import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { carryOut } from '../requests/carryOut.ts';
import { withEstimatedEnd } from '../requests/estimatedEnd.ts';
import { requestToEnd } from '../requests/requestToEnd.ts';
import { requestToEndWord } from '../requests/requestWord.ts';
import { serviceOfRequest } from '../requests/serviceOfRequest.ts';
import { requestServiceOptions } from '../service.ts';
import { earlyEndText } from '../story/earlyEnd.ts';
import { answer } from '../terminal/answer.ts';

export const returnEarly = command({
  name: 'return',
  says: 'Ends your access before its time, when you are done with it.',
  words: [requestToEndWord],
  options: requestServiceOptions,
  examples: [['countersign return', 'the only access that this machine has']],
  async run({ values, words: [word] }) {
    const id = await requestToEnd(word, 'granted', values);
    const service = await serviceOfRequest(id, values);
    const returned = await carryOut(service, id, { path: 'return' });
    const request = await withEstimatedEnd(service.api, returned);
    answer(request, () => [`Request ${request.id} is returned. ${earlyEndText(request)}`], values);
    return exitCodes.done;
  },
});
