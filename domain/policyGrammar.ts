import * as z from 'zod';
import { isLiteral } from './literalText.ts';

export const nonEmptyStrings = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

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
