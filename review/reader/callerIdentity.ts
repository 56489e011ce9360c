import { instantOfText } from './eventTime.ts';
import { type Fields, fieldsOf, textOf } from './fields.ts';
import type { CallerIdentity } from './keptEvent.ts';

/** Who made a call, from `userIdentity` in any shape: missing, null, without `type`, with an empty `sessionIssuer`. */
export function callerIdentityOf(userIdentity: Fields | undefined): CallerIdentity {
  if (!userIdentity) return {};
  const context = fieldsOf(userIdentity.sessionContext);
  const issuer = fieldsOf(context?.sessionIssuer);
  const attributes = fieldsOf(context?.attributes);
  return {
    type: textOf(userIdentity.type),
    arn: textOf(userIdentity.arn),
    account: textOf(userIdentity.accountId),
    principalId: textOf(userIdentity.principalId),
    accessKeyId: textOf(userIdentity.accessKeyId),
    userName: textOf(userIdentity.userName) ?? textOf(issuer?.userName),
    invokedBy: textOf(userIdentity.invokedBy),
    issuerArn: textOf(issuer?.arn),
    createdAt: instantOfText(attributes?.creationDate),
    sourceIdentity: textOf(context?.sourceIdentity),
    mfa: flagOf(attributes?.mfaAuthenticated),
    onBehalfOf: textOf(fieldsOf(userIdentity.onBehalfOf)?.userId),
  };
}

/** `mfaAuthenticated` is a text in most records and a boolean in some. */
function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}
