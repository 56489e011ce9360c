import type { AccessRequest, Entitlement } from '#client/answers.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { askForAccess } from '../asking/askForAccess.ts';
import { dropOldAttempts } from '../asking/attempt.ts';
import { awaitAccess } from '../asking/awaitAccess.ts';
import { accountText, approvalLines } from '../asking/entitlementText.ts';
import { namedEntitlement } from '../asking/namedEntitlement.ts';
import { tellOutcome } from '../asking/outcome.ts';
import { wishOf } from '../asking/wish.ts';
import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { eraseOver } from '../requests/eraseOver.ts';
import { serviceOf, serviceOptions } from '../service.ts';
import { answer, remark } from '../terminal/answer.ts';
import { durationWords, timeLeft } from '../terminal/durations.ts';
import { facts } from '../terminal/facts.ts';
import { clockTime } from '../terminal/times.ts';

export const request = command({
  name: 'request',
  says: 'Asks for access. Makes a key pair of its own for each request, of which only the public key leaves this machine.',
  words: [{ name: 'ENTITLEMENT', says: 'what you ask for: countersign list', values: 'entitlements' }],
  options: {
    for: { type: 'string', value: 'DURATION', says: 'how long, such as 45m, 1h30m or PT2H' },
    because: { type: 'string', value: 'TEXT', says: 'why: the approvers decide by it' },
    ticket: { type: 'string', value: 'TICKET', says: 'the ticket that it is for' },
    start: { type: 'string', value: 'TIME', says: 'when it begins, such as 14:00 or 2026-11-22T14:00' },
    set: { type: 'string', value: 'NAME=VALUE', multiple: true, says: 'a parameter of the entitlement' },
    'break-glass': { type: 'boolean', says: 'in an emergency: without an approval, reviewed afterwards' },
    wait: { type: 'boolean', says: 'wait for the decision and the access; exit code 1 if there is none' },
    ...serviceOptions,
  },
  examples: [
    [
      'countersign request orders-read --for 1h --because "Customer asks where order 1001 is"',
      'asks, and says who was asked',
    ],
    [
      'countersign request orders-item --set order=1001 --because "Refund of order 1001" --wait',
      'asks for one order only, and waits',
    ],
  ],
  async run({ values, words: [name = ''] }) {
    const service = await serviceOf(values);
    const entitlement = namedEntitlement(await service.api.entitlements(), name);
    const wish = await wishOf(entitlement, values, new Date());
    await Promise.all([eraseOver(new Date()), dropOldAttempts()]);
    const asked = await askForAccess(service, entitlement, wish);
    if (!values.wait) {
      const next = `To wait for it: countersign status ${asked.id} --wait`;
      answer(asked, () => [...askedFacts(asked, entitlement), '', next], values);
      return exitCodes.done;
    }
    if (!values.json) remark(...askedFacts(asked, entitlement, process.stderr), '');
    return tellOutcome(await awaitAccess(service, asked.id, { quiet: values.json }), values);
  },
});

function askedFacts(
  { id, title, duration, status, expiresAt, breakGlass, startAt }: AccessRequest,
  entitlement: Entitlement,
  output: NodeJS.WriteStream = process.stdout,
): string[] {
  const isPending = status === 'pending';
  return facts(
    [
      ['Request', id],
      ['Access', `${visibleLine(title)} in ${accountText(entitlement.account)}`],
      ['For', durationWords(duration)],
      ['From', startAt === undefined ? undefined : clockTime(startAt)],
      ['Asked', isPending ? approvalLines(entitlement) : undefined],
      [
        'Expires',
        isPending
          ? `at ${clockTime(expiresAt)} (in ${timeLeft(expiresAt)}), unless it is decided`
          : undefined,
      ],
      ['Break-glass', breakGlass ? 'given without an approval; somebody reviews it afterwards' : undefined],
    ],
    output,
  );
}
