import type { Store } from '../../store.ts';

/** A mail as SES accepted it. */
export interface SentMail {
  messageId: string;
  account: string;
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string;
  text?: string;
  html?: string;
  /** The message's own headers (`X-…`, `References`), names as given. */
  headers: Record<string, string>;
  /** Message tags. */
  tags: Record<string, string>;
  configurationSet?: string;
  /** ISO 8601, UTC. */
  sentAt: string;
}

export interface Mailbox {
  add: (mail: SentMail) => void;
  /** Oldest first. */
  all: () => SentMail[];
}

/** The mails sent, in the order of sending, durable with the store. */
export function createMailbox(store: Store, onMail?: (mail: SentMail) => void): Mailbox {
  const table = store.table<SentMail>('mail');
  const mails = table.entries().map(([, mail]) => mail);
  return {
    add(mail) {
      table.set(String(mails.length).padStart(12, '0'), mail);
      mails.push(mail);
      onMail?.(mail);
    },
    all: () => [...mails],
  };
}
