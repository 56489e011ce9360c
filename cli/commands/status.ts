import { awaitAccess } from '../asking/awaitAccess.ts';
import { tellOutcome } from '../asking/outcome.ts';
import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { chosenRequest } from '../requests/chosenRequest.ts';
import { eraseOver } from '../requests/eraseOver.ts';
import { noticeRequest } from '../requests/noticeRequest.ts';
import { openRequests } from '../requests/openRequests.ts';
import { openRequestWord } from '../requests/requestWord.ts';
import { serviceOfRequest } from '../requests/serviceOfRequest.ts';
import { type Service, serviceOf, serviceOptions } from '../service.ts';
import { nextStep } from '../story/nextStep.ts';
import { requestStory } from '../story/requestFacts.ts';
import { requestTable } from '../story/requestTable.ts';
import { answer } from '../terminal/answer.ts';

export const status = command({
  name: 'status',
  says: 'Tells how a request stands. Without one: your open requests, and those that wait for your decision.',
  words: [openRequestWord],
  options: {
    wait: { type: 'boolean', says: 'wait for the decision and the access; exit code 1 if there is none' },
    ...serviceOptions,
  },
  examples: [
    ['countersign status', 'what is open'],
    ['countersign status orders-read', 'the newest request for orders-read, as a short story'],
  ],
  async run({ values, words: [word] }) {
    if (word === undefined && !values.wait) {
      await tellAll(await serviceOf(values), values);
      return exitCodes.done;
    }
    const id = await chosenRequest(word, 'open');
    const { api } = await serviceOfRequest(id, values);
    if (values.wait) return tellOutcome(await awaitAccess(api, id, { quiet: values.json }), values);
    const request = await api.load(id);
    await noticeRequest(request);
    answer(request, () => [...requestStory(request), ...after(nextStep(request))], values);
    return exitCodes.done;
  },
});

async function tellAll({ api }: Service, values: { json?: boolean }): Promise<void> {
  const [mine, toDecide] = await Promise.all([
    openRequests(api, { role: 'requester' }),
    openRequests(api, { role: 'approver', status: 'pending' }),
  ]);
  for (const request of mine) await noticeRequest(request);
  await eraseOver(new Date());
  answer(
    { mine, toDecide },
    () => [
      ...(mine.length > 0 ? requestTable(mine, { of: 'me' }) : ['You have no open requests.']),
      ...(toDecide.length > 0
        ? ['', 'These wait for your decision:', ...requestTable(toDecide, { of: 'others' })]
        : []),
    ],
    values,
  );
}

const after = (lines: string[]): string[] => (lines.length > 0 ? ['', ...lines] : []);
