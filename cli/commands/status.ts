import type { AccessRequest } from '#client/answers.ts';
import { awaitAccess } from '../asking/awaitAccess.ts';
import { tellOutcome } from '../asking/outcome.ts';
import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { chosenRequest } from '../requests/chosenRequest.ts';
import { eraseOver } from '../requests/eraseOver.ts';
import { lookUp } from '../requests/lookUp.ts';
import { noticeRequest } from '../requests/noticeRequest.ts';
import { openRequests } from '../requests/openRequests.ts';
import { rememberedRequests } from '../requests/rememberedRequests.ts';
import { keptKeys } from '../requests/requestKey.ts';
import { openRequestWord } from '../requests/requestWord.ts';
import { serviceOfRequest } from '../requests/serviceOfRequest.ts';
import { requestServiceOptions, type Service, serviceOf } from '../service.ts';
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
    ...requestServiceOptions,
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
    const id = await chosenRequest(word, 'open', values);
    const service = await serviceOfRequest(id, values);
    if (values.wait) return tellOutcome(await awaitAccess(service, id, { quiet: values.json }), values);
    const request = await service.api.load(id);
    await noticeRequest(request, service.url);
    answer(request, () => [...requestStory(request), ...after(nextStep(request))], values);
    return exitCodes.done;
  },
});

async function tellAll(service: Service, values: { json?: boolean }): Promise<void> {
  const { api } = service;
  const [mine, toDecide] = await Promise.all([
    openRequests(api, { role: 'requester' }),
    openRequests(api, { role: 'approver', status: 'pending' }),
  ]);
  await takeInOwn(service, mine);
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

/** Of this machine's requests: those that are open, and what has become of those that are open no more. */
async function takeInOwn({ api, url }: Service, open: AccessRequest[]): Promise<void> {
  for (const request of open) await noticeRequest(request, url);
  const remembered = (await rememberedRequests()).filter((request) => request.url === url);
  const known = new Set(remembered.map(({ id }) => id));
  const isOpen = new Set(open.map(({ id }) => id));
  const lost = (await keptKeys()).filter((id) => isOpen.has(id) && !known.has(id));
  await Promise.allSettled([
    lookUp(remembered.filter(({ id }) => !isOpen.has(id))),
    ...lost.map(async (id) => noticeRequest(await api.load(id), url)),
  ]);
}

const after = (lines: string[]): string[] => (lines.length > 0 ? ['', ...lines] : []);
