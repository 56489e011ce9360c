import type { IncomingMessage } from 'node:http';
import { pageAnswer, wantsPage } from './htmlPage.ts';
import { inboxMessage, requestIdOf, type SentMail } from './inboxMessage.ts';
import { inboxPage, mailDocument } from './inboxPage.ts';
import { jsonAnswer, type PlainAnswer } from './plainAnswer.ts';
import { ProblemError } from './problem.ts';

/** The inbox: JSON, newest last, unless a browser asks for a page. */
export function inboxAnswer(request: IncomingMessage, mails: readonly SentMail[]): PlainAnswer {
  const query = queryOf(request);
  const shown = mails.filter((mail) => isAskedFor(mail, query));
  if (!wantsPage(request)) return jsonAnswer({ messages: shown.map(inboxMessage) });
  return pageAnswer(inboxPage({ mails: shown, chosen: query.get('mail') ?? undefined }));
}

/** One mail's HTML as a document of its own, which the page shows in a sandboxed frame. */
export function mailAnswer(request: IncomingMessage, mails: readonly SentMail[]): PlainAnswer {
  const messageId = queryOf(request).get('id');
  const mail = mails.find((candidate) => candidate.messageId === messageId);
  if (!mail) throw new ProblemError({ status: 404, code: 'not_found', detail: 'There is no such mail.' });
  return { status: 200, headers: mailHeaders, body: mailDocument(mail) };
}

/** `?to=bob@example.com&request=01…` asks for less than everything. */
function isAskedFor(mail: SentMail, query: URLSearchParams): boolean {
  const [to, request] = [query.get('to'), query.get('request')];
  return (to === null || mail.to.includes(to)) && (request === null || requestIdOf(mail) === request);
}

const queryOf = (request: IncomingMessage): URLSearchParams =>
  new URLSearchParams(/\?(.*)$/s.exec(request.url ?? '')?.[1] ?? '');

/** No script, no form, nothing loaded from anywhere; a link opens a page of its own outside the sandbox. */
const mailHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
