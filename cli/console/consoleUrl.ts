import { boundedText } from '#client/boundedText.ts';
import { jsonOf } from '#client/json.ts';
import type { Credentials } from '#client/recipient.ts';
import { isSafe } from '#client/safeAddress.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';

const patience = 30_000;

/**
 * A link that signs its reader in to the AWS console, for 15 minutes:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
 * Without SessionDuration, which AWS refuses for sessions of a chained role.
 */
export async function consoleUrl(
  credentials: Credentials,
  { service }: { service: string | undefined },
): Promise<string> {
  const destination = destinationOf(service);
  const endpoint = federationEndpoint();
  const url = new URL(endpoint);
  url.search = new URLSearchParams({
    Action: 'login',
    Issuer: 'countersign',
    Destination: destination,
    SigninToken: await signinToken(endpoint, credentials),
  }).toString();
  return url.href;
}

/** `AWS_ENDPOINT_URL_SIGNIN` leads elsewhere, as for other services of AWS. The keys go there, so never in the clear. */
function federationEndpoint(): URL {
  const text = process.env.AWS_ENDPOINT_URL_SIGNIN || 'https://signin.aws.amazon.com';
  const base = URL.parse(text);
  if (!base || !isSafe(base))
    throw new CommandError(
      'AWS_ENDPOINT_URL_SIGNIN is no address that keys may be sent to. Unset it, or give one that begins with https://',
    );
  return new URL('federation', base.href.endsWith('/') ? base : `${base.href}/`);
}

function destinationOf(service: string | undefined): string {
  if (service === undefined) return 'https://console.aws.amazon.com/';
  if (/^[a-z][a-z0-9-]{1,40}$/.test(service)) return `https://console.aws.amazon.com/${service}/home`;
  throw new CommandError(
    `"${visibleLine(service)}" is no part of the console. Name it as its address does: dynamodb, s3, ec2 …`,
  );
}

/** As a form: a proxy may keep a log of addresses, and keys must not stand there. AWS takes both. */
async function signinToken(endpoint: URL, credentials: Credentials): Promise<string> {
  const session = {
    sessionId: credentials.AccessKeyId,
    sessionKey: credentials.SecretAccessKey,
    sessionToken: credentials.SessionToken,
  };
  const body = new URLSearchParams({ Action: 'getSigninToken', Session: JSON.stringify(session) });
  const response = await fetch(endpoint, {
    method: 'POST',
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(patience),
  }).catch(() => {
    throw new CommandError(
      `AWS’s sign-in does not answer at ${endpoint.origin}. Check the network, then try again.`,
      exitCodes.unreachable,
    );
  });
  const answer = jsonOf((await boundedText(response)) ?? '');
  if (response.ok && isToken(answer)) return answer.SigninToken;
  throw new CommandError(
    `AWS’s sign-in refused the session (${response.status}). If it has just begun, try again in a moment; else countersign status shows whether it still lasts.`,
    exitCodes.no,
  );
}

const isToken = (value: unknown): value is { SigninToken: string } =>
  typeof value === 'object' &&
  value !== null &&
  'SigninToken' in value &&
  typeof value.SigninToken === 'string';
