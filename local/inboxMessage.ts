import type { SentMail as AcceptedMail } from './aws/services/mail.ts';

/** What the inbox shows of a mail that the local SES took. */
export type SentMail = Pick<
  AcceptedMail,
  'messageId' | 'from' | 'to' | 'subject' | 'text' | 'html' | 'headers' | 'sentAt'
>;

/** A mail as `GET /_local/inbox` shows it. */
export interface InboxMessage {
  to: string[];
  subject: string;
  text: string;
  html: string;
  requestId: string | undefined;
  approvalToken?: string;
}

/** The mail's header that names the request, and the approval link `<base>/approve#<requestId>.<token>`. */
const requestHeader = 'x-countersign-request';
const approvalLink = /\/approve#([0-9A-Z]+)\.(cs1\.[\w-]+)/;

/** The request that a mail is about, by its header. */
export const requestIdOf = ({ headers }: Pick<SentMail, 'headers'>): string | undefined =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === requestHeader)?.[1];

export function inboxMessage(mail: SentMail): InboxMessage {
  const link = approvalLink.exec(mail.text ?? '') ?? approvalLink.exec(mail.html ?? '');
  const token = link?.[2];
  return {
    to: mail.to,
    subject: mail.subject,
    text: mail.text ?? '',
    html: mail.html ?? '',
    requestId: requestIdOf(mail) ?? link?.[1],
    ...(token !== undefined && { approvalToken: token }),
  };
}
