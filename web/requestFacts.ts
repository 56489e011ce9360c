import type { AccessRequestDetail } from '#client/answers.ts';
import { element } from './element.ts';
import { quotation, shown } from './quotation.ts';
import { requesterName } from './requesterName.ts';
import { durationOf, timeOf } from './times.ts';

type Fact = [label: string, ...value: (Node | string)[]] | undefined;

/** Everything that an approver decides on, as the server derived it; the requester's own words stand apart. */
export function requestFacts(request: AccessRequestDetail): Node {
  const { requester, title, entitlement, account, role, duration, ticket, expiresAt, status } = request;
  const verified =
    requester.kind === 'human' ? ' (verified at sign-in)' : ' (a machine, verified by its token)';
  return element(
    'section',
    { 'aria-label': 'What was asked for' },
    definitions([
      ['Requester', shown(requesterName(request)), verified],
      ['Access', shown(title), ` (${entitlement})`],
      ['Account', ...(account.title === account.id ? [] : [shown(account.title), ' ']), account.id],
      ['Role', shown(role)],
      ['It allows', element('ul', {}, ...request.permissions.map((line) => element('li', {}, shown(line))))],
      ...Object.entries(request.parameters).map(([name, value]): Fact => [`Parameter ${name}`, shown(value)]),
      ['For', durationOf(duration)],
      ...windowFacts(request),
      ['Ticket', ticket === undefined ? 'none given' : shown(ticket)],
      status === 'pending' ? ['Decide until', timeOf(expiresAt)] : undefined,
      ...invitationFacts(request),
      ['Request', element('code', {}, request.id)],
    ]),
    element('h2', {}, 'Why, in the words of ', shown(requesterName(request))),
    quotation(request.justification),
  );
}

function windowFacts({
  startAt,
  startsAt,
  endsAt,
  closedAt,
  accessEndEstimatedAt,
}: AccessRequestDetail): Fact[] {
  return [
    startsAt === undefined
      ? [
          'From',
          ...(startAt === undefined
            ? ['the moment of the last needed approval']
            : [timeOf(startAt), ', or the last needed approval if that is later']),
        ]
      : ['From', timeOf(startsAt)],
    endsAt === undefined ? undefined : ['Until', timeOf(endsAt)],
    closedAt === undefined ? undefined : ['Closed at', timeOf(closedAt)],
    accessEndEstimatedAt === undefined ? undefined : ['Access ends about', timeOf(accessEndEstimatedAt)],
  ];
}

/** Who was asked and, for the requester above all, whose mail did not arrive. */
function invitationFacts({ status, invitations }: AccessRequestDetail): Fact[] {
  if (status !== 'pending' || invitations.length === 0) return [];
  const items = invitations.map(({ email, failed }) =>
    element('li', {}, shown(email), failed !== undefined && ` (not delivered: ${failed})`),
  );
  return [['Asked to decide', element('ul', {}, ...items)]];
}

const definitions = (facts: Fact[]): Node =>
  element(
    'dl',
    {},
    ...facts.flatMap((fact) => {
      if (!fact) return [];
      const [label, ...value] = fact;
      return [element('div', {}, element('dt', {}, label), element('dd', {}, ...value))];
    }),
  );
