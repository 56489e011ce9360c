import { CannotTell, type Check, type Finding, finding } from '../check.ts';
import type { SessionCredentials } from '../clients.ts';
import { assume, makeChain } from '../session.ts';
import { onceKnown } from '../waiting.ts';

const federation = 'https://signin.aws.amazon.com/federation';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html */
export const consoleSignIn: Check = {
  name: 'A session that a session opened signs in to the console, unless SessionDuration is asked for',
  otherwise: 'Requesters could not open the console with an issued session, or only with another request.',
  async run(account) {
    if (process.env.AWS_ENDPOINT_URL)
      throw new CannotTell('AWS_ENDPOINT_URL is set: there is no console behind it.');
    const { caller, target } = await makeChain(account, 'console');
    const clients = account.clientsAs(caller);
    const session = await onceKnown(account, () => assume(clients, { RoleArn: target }));
    return judgeSignIn({
      plain: await signInStatus(session),
      withDuration: await signInStatus(session, { SessionDuration: '900' }),
    });
  },
};

/** The answer itself is a secret; its status says enough. */
async function signInStatus(session: SessionCredentials, more: Record<string, string> = {}): Promise<number> {
  const { accessKeyId: sessionId, secretAccessKey: sessionKey, sessionToken } = session;
  const Session = JSON.stringify({ sessionId, sessionKey, sessionToken });
  const query = new URLSearchParams({ Action: 'getSigninToken', ...more, Session });
  const { status, body } = await fetch(`${federation}?${query}`);
  await body?.cancel();
  return status;
}

export const judgeSignIn = ({ plain, withDuration }: { plain: number; withDuration: number }): Finding =>
  finding(
    plain === 200 && withDuration === 400,
    `status ${plain} without SessionDuration, ${withDuration} with it`,
  );
