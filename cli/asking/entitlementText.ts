import type { Entitlement } from '#client/answers.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { durationWords, shortDuration } from '../terminal/durations.ts';
import { facts } from '../terminal/facts.ts';
import { table } from '../terminal/table.ts';

/** What somebody may ask for, one line each. */
export const entitlementTable = (entitlements: readonly Entitlement[]): string[] =>
  table(
    ['ENTITLEMENT', 'WHAT', 'ACCOUNT', 'FOR', 'APPROVED BY', 'TAKES'],
    entitlements.map((entitlement) => [
      visibleLine(entitlement.id),
      visibleLine(entitlement.title),
      accountText(entitlement.account),
      `${shortDuration(entitlement.defaultDuration)}, at most ${shortDuration(entitlement.maxDuration)}`,
      approvalLines(entitlement).join('; and '),
      takes(entitlement).join(', '),
    ]),
  );

/** One of them in full. */
export const entitlementFacts = (entitlement: Entitlement): string[] => [
  ...facts([
    ['Entitlement', visibleLine(entitlement.id)],
    ['What', visibleLine(entitlement.title)],
    ['Account', accountText(entitlement.account)],
    ['It allows', entitlement.permissions.map(visibleLine)],
    [
      'For',
      `${durationWords(entitlement.defaultDuration)} if you name no other, at most ${durationWords(entitlement.maxDuration)}`,
    ],
    ['Approved by', approvalLines(entitlement)],
    ['Undecided', `expires after ${durationWords(entitlement.expiresAfter)}`],
    ['Justification', justificationText(entitlement)],
    ['Ticket', ticketText(entitlement.ticket)],
    ['Parameters', entitlement.parameters.map(parameterText)],
    ['Break-glass', breakGlassText(entitlement)],
    ['Ask for it', exampleOf(entitlement)],
  ]),
];

export const accountText = ({ id, title }: Entitlement['account']): string =>
  title === id ? id : `${visibleLine(title)} (${id})`;

/** `1 of bob@example.com, carol@example.com`, a line for each rule: all of them have to be met. */
export function approvalLines({ approval, mayRequest }: Entitlement): string[] {
  if (!mayRequest) return ['nobody, by break-glass only: it is reviewed afterwards'];
  if (approval.length === 0) return ['nobody: it is given at once'];
  return approval.map(({ count, from, more = 0 }) => {
    const names = from.map(visibleLine).join(', ');
    return `${count} of ${names}${more > 0 ? ` and ${more} more` : ''}`;
  });
}

function takes({ ticket, parameters, breakGlass, mayRequest }: Entitlement): string[] {
  return [
    ...(ticket?.required ? ['--ticket'] : []),
    ...parameters.map(({ name, required }) => (required ? `--set ${name}=…` : `[--set ${name}=…]`)),
    ...(breakGlass ? [mayRequest ? '[--break-glass]' : '--break-glass'] : []),
  ].map(visibleLine);
}

const justificationText = ({ justification: { minLength } }: Entitlement): string =>
  minLength > 1 ? `at least ${minLength} characters` : 'in a few words';

function ticketText(ticket: Entitlement['ticket']): string | undefined {
  if (!ticket) return undefined;
  return `${ticket.required ? 'required' : 'optional'}, matches ${visibleLine(ticket.pattern)}`;
}

function parameterText(parameter: Entitlement['parameters'][number]): string {
  const { name, title, required, values, pattern, maxLength } = parameter;
  const kind = values ? `one of ${values.join(', ')}` : pattern ? `matches ${pattern}` : 'plain text';
  return visibleLine(
    `${name}: ${title} (${required ? 'required' : 'optional'}; ${kind}; at most ${maxLength} characters)`,
  );
}

const breakGlassText = ({ breakGlass }: Entitlement): string | undefined =>
  breakGlass &&
  `in an emergency, without an approval, for at most ${durationWords(breakGlass.maxDuration)}; it is reviewed afterwards`;

function exampleOf({ id, defaultDuration, ticket, parameters, mayRequest }: Entitlement): string {
  const words = [
    `countersign request ${id} --for ${shortDuration(defaultDuration)} --because "…"`,
    ...(ticket?.required ? ['--ticket …'] : []),
    ...parameters.filter(({ required }) => required).map(({ name }) => `--set ${name}=…`),
    ...(mayRequest ? [] : ['--break-glass']),
  ];
  return visibleLine(words.join(' '));
}
