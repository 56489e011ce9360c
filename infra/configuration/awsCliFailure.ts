/** How a run of the AWS CLI ended: no such program, or what it wrote. */
export interface CliFailure {
  code?: string | number | null;
  message: string;
  stderr?: string;
}

/** No such group or user. A store that is not there is another matter: nothing is known about its groups then. */
export const isNotFound = ({ stderr = '' }: CliFailure): boolean =>
  /\(ResourceNotFoundException\)/.test(stderr) && /: (group|user) not found/i.test(stderr);

const explanations: [sign: RegExp, sentence: string][] = [
  [/Expired ?Token|has expired|session.*expired/i, 'Your AWS credentials have expired: sign in again.'],
  [
    /Unable to locate credentials|No ?Credentials|Partial credentials/i,
    'The AWS CLI finds no credentials: sign in, or set AWS_PROFILE.',
  ],
  [/config profile .* could not be found/i, 'The AWS CLI knows no profile of the name in AWS_PROFILE.'],
  [
    /AccessDenied/,
    'Your AWS credentials may not read the identity store: they need identitystore:GetGroupId, ListGroupMemberships and DescribeUser, in an account that IAM Identity Center lets read it.',
  ],
  [
    /IdentityStore not present|ResourceNotFoundException/,
    'There is no such identity store in that region: groups.identityStoreId and groups.region of the settings name it.',
  ],
  [
    /Throttling|TooManyRequests/,
    'The identity store answers no more for now (throttled): try again in a minute.',
  ],
];

/** What a failed run means and what to do about it, with the CLI's own words. */
export function sentenceOf({ code, message, stderr = '' }: CliFailure): string {
  if (code === 'ENOENT') return 'The AWS CLI (aws) is not installed, or not on PATH.';
  const lines = stderr.trim().split('\n');
  const words = lines.find((line) => /error/i.test(line)) ?? (lines.at(-1) || message);
  const explanation = explanations.find(([sign]) => sign.test(stderr))?.[1] ?? 'The AWS CLI failed.';
  return `${explanation}\naws: ${words}`;
}
