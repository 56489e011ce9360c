import { AuthorizationResponseError } from 'oauth4webapi';
import type { AccessRequestDetail } from '#client/answers.ts';
import type { Api } from '#client/api.ts';
import { apiOf } from '#client/apiOf.ts';
import type { ApprovalLink } from '#client/approvalLink.ts';
import { RefusedError, UnreachableError } from '#client/errors.ts';
import { type ActionContext, actionsFor, type Command } from './actions.ts';
import { type Arrival, forgetToken, keepLink, takeLink } from './approvalLink.ts';
import { button, element, field } from './element.ts';
import { requesterName } from './requesterName.ts';
import { requestFacts } from './requestFacts.ts';
import { decisionList, historyList } from './requestStory.ts';
import { announce, show, showAccount, showLoading } from './screen.ts';
import { type Account, beginSignIn, comesFromSignIn, finishSignIn, loadSignInConfig } from './signIn.ts';
import { statusLine } from './statusLine.ts';

/** In memory only; gone with the page. */
let account: Account | undefined;

// A link that is clicked while this page is open changes nothing but the fragment.
addEventListener('hashchange', () => {
  if (location.hash !== '') void open(takeLink());
});
void start();

async function start(): Promise<void> {
  const arrival = takeLink();
  if (!comesFromSignIn()) return open(arrival);
  showLoading('Signing in …');
  try {
    account = await finishSignIn(await loadSignInConfig());
  } catch (error) {
    return askToSignIn(`The sign-in did not work: ${messageOf(error)}`);
  }
  showAccount(account.name);
  await open(arrival);
}

async function open(arrival: Arrival): Promise<void> {
  if (arrival.kind === 'damaged') return askForLink('The link is damaged: a part of it is missing.');
  if (arrival.kind === 'none') return askForLink(undefined);
  if (!account) return askToSignIn(undefined);
  await load(arrival.link, account);
}

async function load(link: ApprovalLink, who: Account, done?: Node): Promise<void> {
  showLoading('Loading the request …');
  const api = apiOf({ url: new URL('.', location.href).href, token: async () => who.bearerToken });
  try {
    showRequest({ request: await api.load(link.requestId), link, who, api, done });
  } catch (error) {
    showFailure(error, link, who);
  }
}

interface Shown {
  request: AccessRequestDetail;
  link: ApprovalLink;
  who: Account;
  api: Api;
  /** What the person has just done. */
  done: Node | undefined;
}

function showRequest({ request, link, who, api, done }: Shown): void {
  if (request.status !== 'pending') forgetToken(link);
  const run: ActionContext['run'] = (command, place) => void carryOut({ command, place, link, who, api });
  show(
    `Access request of ${requesterName(request)}`,
    done,
    statusLine(request),
    requestFacts(request),
    decisionList(request),
    ...actionsFor({ request, account: who, token: link.token, run }),
    historyList(request),
    element('p', {}, button('Load again', { press: () => void load(link, who) })),
  );
}

async function carryOut(
  options: Omit<Shown, 'request' | 'done'> & { command: Command; place: HTMLFieldSetElement },
): Promise<void> {
  const { command, place, link, who, api } = options;
  place.disabled = true;
  announce('Sending …');
  try {
    await api.send(link.requestId, command);
  } catch (error) {
    if (error instanceof RefusedError && error.status === 401) return showFailure(error, link, who);
    place.disabled = false;
    announce('');
    const alert = place.querySelector<HTMLElement>('[role=alert]');
    alert?.replaceChildren(messageOf(error));
    return alert?.focus();
  }
  const kept = command.path === 'decision' ? { requestId: link.requestId } : link;
  if (command.path === 'decision') forgetToken(link);
  await load(
    kept,
    who,
    element('p', { role: 'status', class: 'done' }, element('strong', {}, doneWords(command))),
  );
}

function doneWords(command: Command): string {
  switch (command.path) {
    case 'decision':
      return command.body.decision === 'approve' ? 'You approved this request.' : 'You denied this request.';
    case 'revoke':
      return 'You revoked this access. Sessions that are still open stop working as soon as AWS has spread the change.';
    case 'review':
      return `You found this use of break-glass ${command.body.verdict}.`;
  }
}

function showFailure(error: unknown, link: ApprovalLink, who: Account): void {
  const status = error instanceof RefusedError ? error.status : undefined;
  if (status === 401) {
    account = undefined;
    showAccount(undefined);
    askToSignIn('Your sign-in has run out.');
  } else if (status === 404) showStranger(who);
  else
    show(
      'The request could not be loaded',
      element('p', { role: 'alert', class: 'error' }, messageOf(error)),
      element('p', {}, button('Try again', { main: true, press: () => void load(link, who) })),
    );
}

function showStranger({ name }: Account): void {
  show(
    'This is not your request',
    element('p', {}, `You are signed in as ${name}. There is no such request, or it is not yours to see.`),
    element('p', {}, 'A link in a mail works only for the person that the mail was sent to.'),
    element('p', {}, button('Sign in as somebody else', { press: () => void leave(true) })),
  );
}

function askToSignIn(problem: string | undefined): void {
  show(
    'Sign in to see the request',
    problem === undefined ? undefined : element('p', { role: 'alert', class: 'error' }, problem),
    element(
      'p',
      {},
      'Somebody asks for access to a production account and you may decide on it. Signing in decides nothing.',
    ),
    element('p', {}, button('Sign in', { main: true, press: () => void leave(false) })),
  );
}

async function leave(again: boolean): Promise<void> {
  showLoading('Going to the sign-in page …');
  try {
    await beginSignIn(await loadSignInConfig(), { again });
  } catch (error) {
    askToSignIn(`The sign-in could not begin: ${messageOf(error)}`);
  }
}

/** Some mail programs drop what follows the `#`; the whole link stands in the mail's text. */
function askForLink(problem: string | undefined): void {
  const input = element('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' });
  show(
    'Open a request',
    problem === undefined ? undefined : element('p', { role: 'alert', class: 'error' }, problem),
    element(
      'p',
      {},
      'This page opens by the link in a mail from Countersign. If it came here without the request, copy the whole link from the mail and paste it below.',
    ),
    field('Link from the mail, or the number of a request', input),
    element(
      'p',
      {},
      button('Open the request', { main: true, press: () => void open(keepLink(input.value)) }),
    ),
  );
}

/** `fetch`, which the sign-in calls too, says only TypeError when nothing answers. */
const messageOf = (error: unknown): string => {
  if (error instanceof AuthorizationResponseError) return error.error_description ?? error.error;
  if (error instanceof UnreachableError || error instanceof TypeError)
    return 'The service did not answer. Look at your connection and try again.';
  return error instanceof Error ? error.message : String(error);
};
