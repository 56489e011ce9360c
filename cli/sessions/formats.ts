import type { Credentials } from '#client/recipient.ts';

export const formats = ['env', 'env-no-export', 'powershell', 'windows-cmd', 'fish', 'process'] as const;

export type Format = (typeof formats)[number];

/** The option of every command that prints credentials. */
export const formatOption = {
  type: 'string',
  value: 'FORMAT',
  values: formats,
  says: 'as aws configure export-credentials prints it (env)',
} as const;

/** What was chosen by it; `--json` chooses what is JSON. */
export const chosenFormat = ({ format, json }: { format?: string; json?: boolean }): Format =>
  json ? 'process' : ((format as Format | undefined) ?? 'env');

/**
 * Credentials as `aws configure export-credentials --format` prints them, to the byte:
 * https://github.com/aws/aws-cli/blob/v2/awscli/customizations/configure/exportcreds.py
 */
export function formatted(credentials: Credentials, format: Format): string {
  // The AWS CLI writes the time as Python does.
  const Expiration = credentials.Expiration.replace(/Z$/, '+00:00');
  if (format === 'process') return processText({ ...credentials, Expiration });
  const { AccessKeyId, SecretAccessKey, SessionToken } = credentials;
  return [
    line(format, 'AWS_ACCESS_KEY_ID', AccessKeyId),
    line(format, 'AWS_SECRET_ACCESS_KEY', SecretAccessKey),
    line(format, 'AWS_SESSION_TOKEN', SessionToken),
    line(format, 'AWS_CREDENTIAL_EXPIRATION', Expiration),
  ].join('');
}

/** What `credential_process` has to print: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
export function processText(credentials: Credentials): string {
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials;
  const ordered = { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

const lines: Record<Exclude<Format, 'process'>, (name: string, value: string) => string> = {
  env: (name, value) => `export ${name}=${value}`,
  'env-no-export': (name, value) => `${name}=${value}`,
  powershell: (name, value) => `$Env:${name}="${value}"`,
  'windows-cmd': (name, value) => `set ${name}=${value}`,
  fish: (name, value) => `set -gx ${name} "${value}"`,
};

/** Shells run these lines, so a value that is none of AWS's must not reach them. */
function line(format: keyof typeof lines, name: string, value: string): string {
  if (!/^[\w+/=:.-]+$/.test(value)) throw new TypeError(`${name} holds what no shell may be given.`);
  return `${lines[format](name, value)}\n`;
}
