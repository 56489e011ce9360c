import type { AccessRequestDetail } from '#client/answers.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { command } from '../command.ts';
import { CommandError } from '../commandError.ts';
import { namedRequest } from '../deciding/givenLink.ts';
import { nothingSent } from '../deciding/nothingSent.ts';
import { writtenReason } from '../deciding/writtenReason.ts';
import { exitCodes } from '../exitCodes.ts';
import { carryOut } from '../requests/carryOut.ts';
import { withEstimatedEnd } from '../requests/estimatedEnd.ts';
import { type Service, serviceOf, serviceOptions } from '../service.ts';
import { earlyEndText } from '../story/earlyEnd.ts';
import { requestStory } from '../story/requestFacts.ts';
import { answer, remark } from '../terminal/answer.ts';
import { ask, canAsk } from '../terminal/question.ts';

const verdicts = ['justified', 'unjustified'] as const;

export const reviewBreakGlass = command({
  name: 'review-break-glass',
  says: 'Says whether a use of break-glass was justified, once you have looked into it. It ends the access if that still runs. For the approvers of the request; until one of them has done it, its requester cannot use break-glass again.',
  words: [{ name: 'LINK', says: 'the link of your mail, or the id of the request; - reads it from stdin' }],
  options: {
    verdict: { type: 'string', value: 'VERDICT', values: verdicts, says: 'what you found' },
    because: { type: 'string', value: 'TEXT', says: 'why: the requester and auditors read it' },
    ...serviceOptions,
  },
  examples: [
    ['countersign review-break-glass 01KAQ3M8X0S7V5R2E9D4T6W1ZB', 'shows that request, and asks'],
    [
      'countersign review-break-glass 01KAQ3M8X0S7V5R2E9D4T6W1ZB --verdict justified --because "The outage of INC-42"',
      'finds it justified',
    ],
  ],
  async run({ values, words: [word] }) {
    const service = await serviceOf(values);
    const used = await unreviewed(service, await namedRequest(word, service.url));
    if (!values.json || values.verdict === undefined) remark(...requestStory(used, process.stderr), '');
    const verdict = await verdictOf(values.verdict);
    const comment = await writtenReason(values.because, 'Why?');
    const reviewed = await carryOut(service, used.id, { path: 'review', body: { verdict, comment } });
    const found = `You found the use of break-glass in request ${used.id} ${verdict}.`;
    if (used.closedAt !== undefined) answer(reviewed, () => [found], values);
    else {
      const ended = await withEstimatedEnd(service.api, reviewed);
      answer(ended, () => [`${found} That ended the access. ${earlyEndText(ended)}`], values);
    }
    return exitCodes.done;
  },
});

async function unreviewed({ api }: Service, id: string): Promise<AccessRequestDetail> {
  const request = await api.load(id);
  if (!request.breakGlass) throw nothingSent(request, 'is no use of break-glass.');
  if (request.review) throw nothingSent(request, `was reviewed by ${visibleLine(request.review.by)}.`);
  return request;
}

async function verdictOf(typed: string | undefined): Promise<(typeof verdicts)[number]> {
  const word = typed ?? (canAsk() ? await ask(`What did you find, ${verdicts.join(' or ')}?`) : '');
  const verdict = verdicts.find((each) => each === word.toLowerCase());
  if (verdict) return verdict;
  throw new CommandError(
    `Say what you found: ${verdicts.map((each) => `--verdict ${each}`).join(', or ')}. Nothing was sent.`,
  );
}
