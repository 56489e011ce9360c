const sessionPattern = /^arn:[\w-]+:sts::[^:]*:assumed-role\/([^/]+)\/(.+)$/s;
const rolePattern = /^arn:([\w-]+):iam::([^:]*):role\/(.+)$/s;

/** What stands in the ARN of a session of a role; undefined for all that is no such session. */
export function partsOfSession(arn: string): { roleName: string; sessionName: string } | undefined {
  const [, roleName, sessionName] = sessionPattern.exec(arn) ?? [];
  return roleName !== undefined && sessionName !== undefined ? { roleName, sessionName } : undefined;
}

/** The ARN that AWS gives to a session of a role: the role's path is not in it. Undefined where there is no such role. */
export function sessionArnOf(roleArn: string, sessionName: string): string | undefined {
  const [, partition, account, path] = rolePattern.exec(roleArn) ?? [];
  if (path === undefined) return undefined;
  return `arn:${partition}:sts::${account}:assumed-role/${path.slice(path.lastIndexOf('/') + 1)}/${sessionName}`;
}
