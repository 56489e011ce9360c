export interface Arn {
  service: string;
  region: string;
  account: string;
  /** Everything after the account: `role/name`, `table/orders`, `stateMachine:grants`. */
  resource: string;
}

/** Reads an ARN of the standard partition; undefined if it is none. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:aws:([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|):(.+)$/.exec(text);
  if (match === null) return undefined;
  const [, service = '', region = '', account = '', resource = ''] = match;
  return { service, region, account, resource };
}

/** The role's name in a role ARN, without its path; undefined if it is no role ARN. */
export function roleNameOf(arn: string): string | undefined {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'iam' || !parsed.resource.startsWith('role/')) return undefined;
  return parsed.resource.slice(parsed.resource.lastIndexOf('/') + 1);
}

/** ARN of a role session, as `userIdentity.arn` and GetCallerIdentity show it. */
export const sessionArn = (roleArn: string, sessionName: string): string => {
  const account = parseArn(roleArn)?.account ?? '';
  return `arn:aws:sts::${account}:assumed-role/${roleNameOf(roleArn) ?? ''}/${sessionName}`;
};
