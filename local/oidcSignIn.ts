import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { emailSchema } from '../domain/identity.ts';
import { pageHeaders } from './htmlPage.ts';
import { readBody } from './httpBody.ts';
import { loopbackTargets } from './oidcConfiguration.ts';
import { messagePage, signInPage } from './oidcPages.ts';
import { sendPlainAnswer } from './plainAnswer.ts';
import { problemAnswer } from './problem.ts';
import type { SampleUser } from './sampleUser.ts';

export interface People {
  all: readonly SampleUser[];
  userOf: (subject: string) => SampleUser | undefined;
  /** The subject of an address; a new one is remembered as somebody in no group. */
  subjectOf(email: string): string;
}

/** The sign-in page: GET shows it, POST takes the choice and goes back into the flow. */
export function createSignIn(options: { provider: Provider; people: People; cookieSecret: string }) {
  const { provider, people, cookieSecret } = options;
  const headers = pageHeaders(loopbackTargets);
  const csrfOf = (uid: string): string =>
    createHmac('sha256', cookieSecret).update(`csrf ${uid}`).digest('base64url');

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const details = await provider.interactionDetails(request, response).catch(() => undefined);
    if (!details) {
      const body = messagePage('This sign-in is over', 'Go back to where you came from and start again.');
      return sendPlainAnswer(response, { status: 400, headers, body });
    }
    const { uid, params } = details;
    const client = await provider.Client.find(String(params.client_id));
    const hint = typeof params.login_hint === 'string' ? params.login_hint : undefined;
    const show = (status: number, error?: string): void => {
      const page = {
        users: people.all,
        client: client?.clientName ?? 'Countersign',
        action: request.url ?? '',
        hint,
        error,
      };
      sendPlainAnswer(response, { status, headers, body: signInPage({ ...page, csrf: csrfOf(uid) }) });
    };
    const finish = async (result: InteractionResults): Promise<void> => {
      const location = await provider.interactionResult(request, response, result, {
        mergeWithLastSubmission: false,
      });
      await forgetAccount(provider, details.session?.uid);
      sendPlainAnswer(response, {
        status: 303,
        headers: { location, 'cache-control': 'no-store' },
        body: '',
      });
    };
    if (request.method === 'GET' || request.method === 'HEAD') return show(200);
    const form = await formOf(request, csrfOf(uid));
    if (!form) return sendPlainAnswer(response, problemAnswer(forged));
    if (form.get('cancel')) {
      return finish({ error: 'access_denied', error_description: 'The sign-in was cancelled.' });
    }
    const email = emailSchema.safeParse(form.get('email'));
    if (!email.success) return show(400, 'That is not an e-mail address.');
    return finish({ login: { accountId: people.subjectOf(email.data), remember: false } });
  };
}

/** Whoever was signed in before is not any longer; else the provider interposes a sign-out that needs a script. */
async function forgetAccount(provider: Provider, sessionUid: string | undefined): Promise<void> {
  const session = sessionUid === undefined ? undefined : await provider.Session.findByUid(sessionUid);
  if (!session) return;
  delete session.accountId;
  await session.persist();
}

const forged = { status: 403, code: 'not_allowed', detail: 'This form did not come from the sign-in page.' };

async function formOf(request: IncomingMessage, csrf: string): Promise<URLSearchParams | undefined> {
  if (request.method !== 'POST') return undefined;
  const form = new URLSearchParams((await readBody(request, 10_000)).toString());
  const given = Buffer.from(form.get('csrf') ?? '');
  const expected = Buffer.from(csrf);
  return given.length === expected.length && timingSafeEqual(given, expected) ? form : undefined;
}
