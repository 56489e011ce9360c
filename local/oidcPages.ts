import { html, pageOf } from './htmlPage.ts';
import type { SampleUser } from './sampleUser.ts';

const notice = html`<p class="note">This is the sample sign-in of the local server. It checks no password:
anybody who can open this page can be anybody below.</p>`;

/** Choose a sample user, or type an address. `csrf` comes back with the form. */
export function signInPage(options: {
  users: readonly SampleUser[];
  client: string;
  action: string;
  csrf: string;
  hint?: string | undefined;
  error?: string | undefined;
}): string {
  const { users, client, action, csrf, hint, error } = options;
  const people = users.map(
    ({ email, name }) => html`
<li><button name="email" value="${email}">${name ?? email}${name && html` <small>${email}</small>`}</button></li>`,
  );
  const main = html`
<h1>Sign in to ${client}</h1>
${notice}
${error && html`<p role="alert"><strong>${error}</strong></p>`}
<form method="post" action="${action}">
<input type="hidden" name="csrf" value="${csrf}">
<h2 id="people">Who are you?</h2>
<ul class="people" aria-labelledby="people">${people}
</ul>
</form>
<form class="row" method="post" action="${action}">
<input type="hidden" name="csrf" value="${csrf}">
<label>Somebody else’s e-mail address
<input type="email" name="email" value="${hint}" required maxlength="254" autocomplete="off"></label>
<button>Continue</button>
</form>
<form method="post" action="${action}">
<input type="hidden" name="csrf" value="${csrf}">
<p><button name="cancel" value="yes">Cancel</button></p>
</form>`;
  return pageOf({ title: 'Sign in', main, narrow: true });
}

/** Where the code that a command-line tool shows is typed. */
export function deviceCodePage(options: {
  action: string;
  xsrf: string;
  error?: string | undefined;
}): string {
  const main = html`
<h1>Connect a command-line tool</h1>
${options.error && html`<p role="alert"><strong>${options.error}</strong></p>`}
<form class="row" method="post" action="${options.action}">
<input type="hidden" name="xsrf" value="${options.xsrf}">
<label>Code that the tool shows
<input name="user_code" required autocomplete="off" autocapitalize="characters" spellcheck="false"></label>
<button class="main">Continue</button>
</form>`;
  return pageOf({ title: 'Connect a tool', main, narrow: true });
}

/** `form` is the provider's own hidden form, which the two buttons submit. */
export function deviceConfirmPage(options: { client: string; userCode: string; form: string }): string {
  const main = html`
<h1>Connect ${options.client}?</h1>
<p>Continue only if you started it yourself and it shows exactly this code:</p>
<p><code>${options.userCode}</code></p>
${{ html: options.form }}
<p><button class="main" form="op.deviceConfirmForm">Continue to sign in</button>
<button form="op.deviceConfirmForm" name="abort" value="yes">This was not me</button></p>`;
  return pageOf({ title: 'Connect a tool', main, narrow: true });
}

export function messagePage(title: string, text: string): string {
  return pageOf({ title, main: html`<h1>${title}</h1><p role="status">${text}</p>`, narrow: true });
}
