/**
 * How the ARN that CloudTrail shows relates to the one that a policy names. CloudTrail shows a table where IAM asked for an index of
 * it, and an object where a policy would name its bucket. Services that stand here are those where this is known:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const forms: readonly [RegExp, below?: string][] = [
  [/^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]+(?=\/|$)/, '/*'],
  [/^arn:[\w-]+:s3:::[\w.-]+(?=\/|$)/, '/*'],
  [/^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(?=:|$)/, ':*'],
  [/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/],
  [/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/],
  [/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(?:\.fifo)?$/],
  [/^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w-]+(?:\.fifo)?$/],
];

/** The resources, as a policy may name them, that a call to this one may have needed; undefined where that is not known. */
export function resourceForms(arn: string): string[] | undefined {
  for (const [whole, below] of forms) {
    const [name] = whole.exec(arn) ?? [];
    if (name !== undefined) return below === undefined ? [name] : [name, `${name}${below}`];
  }
  return undefined;
}

/** Operations on several things, of which a call shows one: copies, batches, transactions. */
const onSeveral = /^(Batch|Transact|ExecuteTransaction$|CopyObject$|UploadPartCopy$|ReEncrypt$)/;

/** Whether what a call shows as its object is all that it needed permission for. */
export const namesAllResources = ({ name }: { name: string }): boolean => !onSeveral.test(name);
