import type { AccessRequestDetail } from '#client/answers.ts';
import { element } from './element.ts';
import { quotation, shown } from './quotation.ts';
import { durationOf, timeOf } from './times.ts';

/** Who decided, revoked or reviewed, with their words; nothing when nobody did. */
export function decisionList({ decisions, review, history }: AccessRequestDetail): Node | undefined {
  const said = [
    ...decisions.map(({ decision, approver, decidedAt, duration, comment }) => {
      const did = decision === 'approve' ? 'approved' : 'denied';
      const only = duration === undefined ? '' : `, for ${durationOf(duration)} only`;
      return saying({ who: approver.email, did: `${did}${only}`, at: decidedAt, words: comment });
    }),
    ...history
      .filter(({ event }) => event === 'revoked')
      .map(({ by, at, detail }) => saying({ who: by, did: 'revoked it', at, words: detail?.reason })),
    ...(review
      ? [saying({ who: review.by, did: `found it ${review.verdict}`, at: review.at, words: review.comment })]
      : []),
  ];
  return said.length === 0
    ? undefined
    : element('section', {}, element('h2', {}, 'Decisions'), element('ul', {}, ...said));
}

/** The request's history, shut until somebody wants it. */
export function historyList({ history }: AccessRequestDetail): Node {
  const items = history.map(({ event, at, by }) =>
    element('li', {}, `${event}, by `, shown(by), ', ', timeOf(at)),
  );
  return element('details', {}, element('summary', {}, 'What happened so far'), element('ol', {}, ...items));
}

function saying({
  who,
  did,
  at,
  words = '',
}: {
  who: string;
  did: string;
  at: string;
  words?: string | undefined;
}): Node {
  return element('li', {}, shown(who), ` ${did}, `, timeOf(at), words !== '' && quotation(words));
}
