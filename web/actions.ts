import type { AccessRequestDetail } from '#client/answers.ts';
import type { RequestCommand } from '#client/api.ts';
import { durationSchema, formatDuration } from '#domain/duration.ts';
import { button, element, field, remarkInput } from './element.ts';
import { requesterName } from './requesterName.ts';
import type { Account } from './signIn.ts';
import { durationOf } from './times.ts';

/** What this page does to a request. */
export type Command = Extract<RequestCommand, { path: 'decision' | 'revoke' | 'review' }>;

export interface ActionContext {
  request: AccessRequestDetail;
  account: Account;
  /** From the link in the mail, if this tab came with one. */
  token: string | undefined;
  /** Sends the command; what comes of it replaces the page, or stands as an error in `place`. */
  run(command: Command, place: HTMLFieldSetElement): void;
}

/** What the person can do here and now. The API judges it all once more; this only spares them useless buttons. */
export function actionsFor(context: ActionContext): Node[] {
  const { request, account } = context;
  const { status, breakGlass, review, decisions, roles } = request;
  if (roles.includes('requester'))
    return status === 'pending' ? [note('This is your own request: somebody else has to decide on it.')] : [];
  const approves = roles.includes('approver');
  const hasDecided = decisions.some(({ approver }) => approver.email === account.name.toLowerCase());
  return [
    ...(approves && status === 'pending'
      ? [hasDecided ? note('You have decided. Others have to decide as well.') : decisionForm(context)]
      : []),
    ...(approves && breakGlass && !review ? [reviewForm(context)] : []),
    ...((approves || roles.includes('admin')) && isRunning(request) ? [revokeForm(context)] : []),
  ];
}

const isRunning = ({ status }: AccessRequestDetail): boolean => status === 'active' || status === 'scheduled';

const note = (text: string): Node => element('p', { class: 'note' }, text);

// None of these is a <form>: pressing Enter in a text field must never be the click on its first button.

function decisionForm({ request, token, run }: ActionContext): Node {
  const comment = remarkInput();
  const duration = durationSelect(request.duration);
  const written = (): { comment?: string } => (comment.value.trim() === '' ? {} : { comment: comment.value });
  const name = requesterName(request);
  const approve = (): void => {
    if (token === undefined) return;
    const shorter = duration.value === '' ? {} : { duration: duration.value };
    run({ path: 'decision', body: { decision: 'approve', token, ...written(), ...shorter } }, place);
  };
  const deny = (): void => run({ path: 'decision', body: { decision: 'deny', ...written() } }, place);
  const place = group(
    'Your decision',
    token === undefined
      ? note('To approve, open the link in the mail that was sent to you. Denying needs no link.')
      : field('For how long, if you approve', duration),
    field('Comment, which the requester and auditors read (optional)', comment),
    element(
      'div',
      { class: 'buttons' },
      token !== undefined && button(`Approve access for ${name}`, { main: true, press: approve }),
      button(`Deny access for ${name}`, { press: deny }),
    ),
  );
  return place;
}

/** As asked, or one of the usual durations that are shorter. */
function durationSelect(asked: string): HTMLSelectElement {
  const seconds = durationSchema.parse(asked);
  const usual = [900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 172_800]
    .filter((shorter) => shorter < seconds)
    .map(formatDuration);
  return element(
    'select',
    {},
    element('option', { value: '' }, `${durationOf(asked)}, as asked`),
    ...usual
      .toReversed()
      .map((shorter) => element('option', { value: shorter }, `${durationOf(shorter)} only`)),
  );
}

function revokeForm({ request, run }: ActionContext): Node {
  const reason = remarkInput(true);
  const revoke = (): void => {
    if (isFilled(reason)) run({ path: 'revoke', body: { reason: reason.value } }, place);
  };
  const place = group(
    'Take the access back',
    element(
      'p',
      {},
      'Approvers of this request and admins may revoke it. No new session is given out from then on, and those that exist are denied.',
    ),
    field('Reason, which the requester and auditors read', reason),
    element(
      'div',
      { class: 'buttons' },
      button(`Revoke access of ${requesterName(request)}`, { press: revoke }),
    ),
  );
  return place;
}

function reviewForm({ request, run }: ActionContext): Node {
  const comment = remarkInput(true);
  const judge = (verdict: 'justified' | 'unjustified') => (): void => {
    if (isFilled(comment)) run({ path: 'review', body: { verdict, comment: comment.value } }, place);
  };
  const place = group(
    'Review this use of break-glass',
    ...(isRunning(request) ? [note('The access is still running: a review ends it.')] : []),
    field('What you found, which the requester and auditors read', comment),
    element(
      'div',
      { class: 'buttons' },
      button('It was justified', { press: judge('justified') }),
      button('It was not justified', { press: judge('unjustified') }),
    ),
  );
  return place;
}

const group = (legend: string, ...content: Node[]): HTMLFieldSetElement =>
  element(
    'fieldset',
    {},
    element('legend', {}, legend),
    ...content,
    element('p', { role: 'alert', class: 'error', tabindex: '-1' }),
  );

/** The browser says what is missing, at the field. */
function isFilled(input: HTMLInputElement): boolean {
  input.setCustomValidity(input.value.trim() === '' ? 'Please write something here.' : '');
  return input.reportValidity();
}
