import { describeDuration } from '#domain/duration.ts';
import { visibleLine, visibleLines } from '#domain/visibleText.ts';
import { element } from './element.ts';
import { type RequestDetail, requesterName } from './requestDetail.ts';
import { timeOf } from './times.ts';

type Fact = [label: string, ...value: (Node | string)[]] | undefined;

/** Everything that an approver decides on, as the server derived it; the requester's own words stand apart. */
export function requestFacts(request: RequestDetail): Node {
  const { requester, title, entitlement, account, role, duration, ticket, expiresAt, status } = request;
  const verified =
    requester.kind === 'human' ? ' (verified at sign-in)' : ' (a machine, verified by its token)';
  return element(
    'section',
    { 'aria-label': 'What was asked for' },
    definitions([
      ['Requester', shown(requesterName(request)), verified],
      ['Access', shown(title), ` (${entitlement})`],
      ['Account', shown(account.title), ` (${account.id})`],
      ['Role', shown(role)],
      ['It allows', element('ul', {}, ...request.permissions.map((line) => element('li', {}, shown(line))))],
      ...Object.entries(request.parameters).map(([name, value]): Fact => [`Parameter ${name}`, shown(value)]),
      ['For', describeDuration(duration)],
      ...windowFacts(request),
      ['Ticket', ticket === undefined ? 'none given' : shown(ticket)],
      status === 'pending' ? ['Decide until', timeOf(expiresAt)] : undefined,
      ['Request', element('code', {}, request.id)],
    ]),
    element('h2', {}, 'Why, in the words of ', shown(requesterName(request))),
    quotation(request.justification),
  );
}

/** Who decided what so far, with their comments; nothing when nobody did. */
export function decisionList({ decisions, review }: RequestDetail): Node | undefined {
  if (decisions.length === 0 && !review) return undefined;
  const items = decisions.map(({ decision, approver, decidedAt, duration, comment }) =>
    element(
      'li',
      {},
      shown(approver.email),
      decision === 'approve' ? ' approved' : ' denied',
      duration !== undefined && `, for ${describeDuration(duration)} only`,
      ', ',
      timeOf(decidedAt),
      comment !== undefined && comment !== '' && quotation(comment),
    ),
  );
  const judged =
    review &&
    element(
      'li',
      {},
      shown(review.by),
      ` found it ${review.verdict}, `,
      timeOf(review.at),
      quotation(review.comment),
    );
  return element('section', {}, element('h2', {}, 'Decisions'), element('ul', {}, ...items, judged));
}

/** The request's history, shut until somebody wants it. */
export function historyList({ history }: RequestDetail): Node {
  const items = history.map(({ event, at, by }) =>
    element('li', {}, `${event}, by `, shown(by), ', ', timeOf(at)),
  );
  return element('details', {}, element('summary', {}, 'What happened so far'), element('ol', {}, ...items));
}

/** Isolated from its surroundings and without anything invisible, so that it can neither reorder nor hide a thing. */
export const shown = (text: string): Node => element('bdi', {}, visibleLine(text));

/** Another person's words, line by line, set apart. */
function quotation(text: string): Node {
  const lines = visibleLines(text).flatMap((line, index) => [
    ...(index > 0 ? [element('br')] : []),
    element('bdi', {}, line),
  ]);
  return element('blockquote', {}, ...lines);
}

function windowFacts({ startAt, startsAt, endsAt, closedAt, accessEndEstimatedAt }: RequestDetail): Fact[] {
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
