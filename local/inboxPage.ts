import { type Html, html, pageOf } from './htmlPage.ts';
import { inboxMessage, type SentMail } from './inboxMessage.ts';

/** The inbox for people: every mail, newest first, and the chosen one beside the list. */
export function inboxPage(options: { mails: readonly SentMail[]; chosen: string | undefined }): string {
  const mails = options.mails.toReversed();
  const chosen = mails.find(({ messageId }) => messageId === options.chosen);
  const main = html`
<h1>Inbox of the local server</h1>
<p class="muted">Every mail that Countersign sent, whoever it is for. <a href="/_local/inbox">Refresh</a></p>
${
  mails.length === 0
    ? empty
    : html`<div class="columns">
<nav aria-label="Mails"><ul class="mails">${mails.map((mail) => listItem(mail, mail === chosen))}
</ul></nav>
${chosen ? reading(chosen) : html`<p>Choose a mail to read it.</p>`}
</div>`
}`;
  return pageOf({ title: 'Inbox', main });
}

/** A mail's HTML as a document; its links open beside the inbox, not inside the frame. */
export function mailDocument(mail: SentMail): string {
  return `<!doctype html><base target="_blank">${mail.html ?? ''}`;
}

const empty = html`<p>No mail yet. Once somebody asks for access, the invitations to approve it appear here.</p>`;

function listItem(mail: SentMail, current: boolean): Html {
  return html`
<li><a href="/_local/inbox?mail=${encodeURIComponent(mail.messageId)}"${current && html` aria-current="true"`}>
<strong>${mail.subject}</strong>
<span>to ${mail.to.join(', ')}</span> <small class="muted">${timeOf(mail)}</small></a></li>`;
}

function reading(mail: SentMail): Html {
  const { requestId, approvalToken } = inboxMessage(mail);
  const source = `/_local/inbox/mail?id=${encodeURIComponent(mail.messageId)}`;
  return html`<article aria-labelledby="subject">
<h2 id="subject">${mail.subject}</h2>
<dl>
<dt>To</dt><dd>${mail.to.join(', ')}</dd>
<dt>From</dt><dd>${mail.from}</dd>
<dt>Sent</dt><dd>${timeOf(mail)}</dd>
${requestId && html`<dt>Request</dt><dd>${requestId}</dd>`}
</dl>
${approvalToken && html`<p><a href="/approve#${requestId}.${approvalToken}" target="_blank" rel="noreferrer">Open the approval page</a></p>`}
<h2>As a mail program shows it</h2>
<iframe title="The mail’s HTML" src="${source}" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
<h2>As plain text</h2>
<pre tabindex="0">${mail.text}</pre>
</article>`;
}

const timeOf = ({ sentAt }: SentMail): Html => {
  const text = `${sentAt.slice(0, 19).replace('T', ' ')} UTC`;
  return html`<time datetime="${sentAt}">${text}</time>`;
};
