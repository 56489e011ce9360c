import { fieldsOf, textOf } from '../reader/fields.ts';
import type { KeptEvent } from '../reader/keptEvent.ts';

/** The ARN of a role in the words of an error; the ARN of who called is `assumed-role/` and no match. */
const roleArn = /arn:[\w-]+:iam::[^:]*:role\/[\w+=,.@/-]*[\w+=@/-]/;
const roleName = /(?:^|[^\w-])(role\/[\w+=,.@/-]*[\w+=@/-])/;

/**
 * The role that somebody was refused. Most refusals have no `requestParameters`: what STS says then is
 * `User: <arn> is not authorized to perform: sts:AssumeRole on resource: <role>`.
 */
export function refusedRoleOf(event: KeptEvent): string | undefined {
  const asked = textOf(fieldsOf(event.request)?.roleArn);
  if (asked !== undefined) return asked;
  const message = event.errorMessage ?? '';
  const resource = message.slice(Math.max(0, message.indexOf(' on resource: ')));
  return (
    roleArn.exec(resource)?.[0] ??
    event.resources.find((arn) => arn.includes(':role/')) ??
    roleName.exec(resource)?.[1]
  );
}
