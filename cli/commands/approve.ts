import type { AccessRequest, AccessRequestDetail } from '#client/answers.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { accountText } from '../asking/entitlementText.ts';
import { command } from '../command.ts';
import { CommandError } from '../commandError.ts';
import { approvalLinkOf } from '../deciding/approvalLink.ts';
import { givenLink } from '../deciding/givenLink.ts';
import { pendingRequest } from '../deciding/pendingRequest.ts';
import { exitCodes } from '../exitCodes.ts';
import { carryOut } from '../requests/carryOut.ts';
import { serviceOf, serviceOptions } from '../service.ts';
import { requesterText, requestFacts } from '../story/requestFacts.ts';
import { answer, remark } from '../terminal/answer.ts';
import { durationWords } from '../terminal/durations.ts';
import { canAsk, confirm } from '../terminal/question.ts';
import { clockTime } from '../terminal/times.ts';
import { durationOf } from '../typed/duration.ts';

export const approve = command({
  name: 'approve',
  says: 'Approves what a mail asks you for: shows what that is, and asks once more before it does. A link in the command line can be seen by other users of this machine and stays in the history of the shell: leave it out and paste it when asked, or give - and let stdin have it.',
  words: [
    {
      name: 'LINK',
      says: 'the link of your mail, or what stands after its #; - reads it from stdin',
      optional: true,
    },
  ],
  options: {
    comment: { type: 'string', value: 'TEXT', says: 'a word to the requester, which auditors read too' },
    for: { type: 'string', value: 'DURATION', says: 'for a shorter time than was asked for, such as 30m' },
    yes: { type: 'boolean', says: 'do not ask once more; needed without a terminal' },
    ...serviceOptions,
  },
  examples: [
    ['countersign approve', 'asks for the link, shows the request, and asks whether to approve it'],
    ['countersign approve --for 30m', 'the same, for half an hour and no longer'],
  ],
  async run({ values, words: [word] }) {
    const service = await serviceOf(values);
    const duration = values.for === undefined ? undefined : durationOf(values.for);
    const { requestId, token } = approvalLinkOf(await givenLink(word), service.url);
    const asked = await pendingRequest(service.api, requestId);
    if (token === undefined)
      throw new CommandError(
        `To approve, the token of your own mail is needed, and an id alone has none. Copy the whole link. To deny it: countersign deny ${requestId}`,
      );
    if (!values.json || (canAsk() && !values.yes)) remark(...requestFacts(asked, process.stderr), '');
    if (!(await isConfirmed(asked, { yes: values.yes, duration }))) return exitCodes.no;
    const { comment } = values;
    const request = await carryOut(service, requestId, {
      path: 'decision',
      body: {
        decision: 'approve',
        token,
        ...(comment !== undefined && { comment }),
        ...(duration !== undefined && { duration }),
      },
    });
    answer(request, () => [effectOf(request)], values);
    return exitCodes.done;
  },
});

async function isConfirmed(
  asked: AccessRequestDetail,
  { yes, duration }: { yes: boolean | undefined; duration: string | undefined },
): Promise<boolean> {
  if (yes) return true;
  if (!canAsk())
    throw new CommandError(
      'There is no terminal to ask on. Look at the request above, and add --yes to approve it.',
    );
  const window = durationWords(duration ?? asked.duration);
  const what = `“${visibleLine(asked.title)}” in ${accountText(asked.account)}`;
  // All of it once more: a long justification may have moved the rest off the screen.
  if (await confirm(`Approve ${what} for ${requesterText(asked)}, for ${window}?`)) return true;
  remark('Nothing was decided.');
  return false;
}

function effectOf({ id, status, endsAt }: AccessRequest): string {
  if (status === 'pending') return `You approved request ${id}. Others have to approve it as well.`;
  if (endsAt === undefined) return `You approved request ${id}. It is ${status}.`;
  return `You approved request ${id}. The access ends at ${clockTime(endsAt)}.`;
}
