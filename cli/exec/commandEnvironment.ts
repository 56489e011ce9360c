import type { Credentials } from '#client/recipient.ts';
import type { CredentialsEndpoint } from './credentialsEndpoint.ts';

/** What could bring a command to other credentials, or to none: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html */
const otherAccess = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  // What older tools call them.
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_CREDENTIAL_FILE',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  // A program that gets the access of one grant shall not ask, return and decide as the person.
  'COUNTERSIGN_TOKEN',
];

/** An environment whose AWS tools use the access of one request, and which says so for prompts. A command may run within another. */
export function commandEnvironment(
  environment: NodeJS.ProcessEnv,
  requestId: string,
  access: Record<string, string>,
): NodeJS.ProcessEnv {
  // On Windows names of variables have no case.
  const others = Object.entries(environment).filter(([name]) => !otherAccess.includes(name.toUpperCase()));
  return { ...Object.fromEntries(others), ...access, COUNTERSIGN_REQUEST: requestId };
}

export const keyVariables = (credentials: Credentials): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: credentials.AccessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.SecretAccessKey,
  AWS_SESSION_TOKEN: credentials.SessionToken,
  AWS_CREDENTIAL_EXPIRATION: credentials.Expiration,
});

/** Keys must not stand beside these: they would win, and never be renewed. */
export const endpointVariables = ({ uri, token }: CredentialsEndpoint): Record<string, string> => ({
  AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
  AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
});
