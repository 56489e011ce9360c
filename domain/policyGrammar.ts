import * as z from 'zod';
import { isLiteral } from './literalText.ts';

const nonEmptyStrings = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/** `service:Action`, either with wildcards; IAM takes nothing else, and says so only when it is deployed. */
export const actionsSchema = textsOf(
  /^(?:\*|(?:\*|[a-zA-Z0-9-]+):[\w*?-]+)$/,
  'is no action of IAM: those are a service and a name, such as dynamodb:GetItem',
);

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html: "Missing ARN field". What a parameter
 * narrows to may be its whole value.
 */
export const resourcesSchema = textsOf(
  /^(?:\*|\{\w+\}.*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+)$/s,
  'is no ARN of six parts, such as arn:aws:dynamodb:*:111122223333:table/orders, nor *',
);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html */
export const sidSchema = z
  .string()
  .regex(/^[A-Za-z0-9]+$/, 'must be letters and digits only')
  .optional();

function textsOf(pattern: RegExp, otherwise: string) {
  const text = z.string().min(1).regex(pattern, otherwise);
  return z.union([text, z.array(text).min(1)]);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const operator =
  /^(?:Null|(?:ForAllValues:|ForAnyValue:)?(?:String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)|(?:Numeric|Date)(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|Bool|BinaryEquals|(?:Not)?IpAddress|Arn(?:Not)?(?:Equals|Like))(?:IfExists)?)$/;

/** `aws:SourceIp`, `kms:EncryptionContext:name`; not `Fn::GetAtt`, which CloudFormation would carry out. */
const conditionKey = /^[^:]+:[^:]/;

/** A statement's conditions. CloudFormation takes an unknown operator or key for a function of its own, and drops it. */
export const conditionSchema = z
  .record(z.string(), z.record(z.string(), nonEmptyStrings))
  .superRefine((condition, context) => {
    for (const [name, keys] of Object.entries(condition)) {
      if (!operator.test(name))
        context.addIssue({ code: 'custom', path: [name], message: 'is no condition operator of IAM' });
      for (const key of Object.keys(keys))
        if (!conditionKey.test(key))
          context.addIssue({
            code: 'custom',
            path: [name, key],
            message: 'is no condition key: those begin with a service, such as aws:SourceIp',
          });
    }
  });

/** `${aws:PrincipalTag/team, 'none'}`, and `${*}`, `${?}` and `${$}` for the characters themselves. */
const policyVariable = /\$\{(?:[*?$]|[A-Za-z][\w-]*:[A-Za-z][^${}[\]]*)\}/g;

/** Whether every `${…}` of a policy's text is a variable that IAM fills in. */
export const hasOnlyPolicyVariables = (policy: string): boolean =>
  isLiteral(policy.replaceAll(policyVariable, ''));
