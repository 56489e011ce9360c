import * as z from 'zod';
import { parseArn } from '../arn.ts';
import { AwsError } from '../awsError.ts';
import { policyErrors } from './iam.ts';

/** Characters of inline policy and managed policy ARNs together. */
const maxPolicyCharacters = 2048;

export interface AssumeRoleRequest {
  roleArn: string;
  roleSessionName: string;
  durationSeconds: number;
  sourceIdentity?: string | undefined;
  externalId?: string | undefined;
  /** JSON text, well-formed. */
  policy?: string | undefined;
  policyArns: string[];
  tags: { key: string; value: string }[];
  transitiveTagKeys: string[];
}

const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
// Without the unicode flag `\w` is ASCII, as in STS.
const sessionText = /^[\w+=,.@-]*$/;
const tagKey = z.string().min(1).max(128).regex(tagText);

/** The constraints of the API model. A list that is empty arrives as an empty text. */
const list = <Entry extends z.ZodType>(entry: Entry) =>
  z.preprocess((value) => (value === undefined || value === '' ? [] : value), z.array(entry));

const schema = z.object({
  RoleArn: z.string().min(20).max(2048),
  RoleSessionName: z.string().min(2).max(64).regex(sessionText),
  DurationSeconds: z.coerce.number().int().min(900).max(43_200).default(3600),
  SourceIdentity: z
    .string()
    .min(2)
    .max(64)
    .regex(sessionText)
    .refine((text) => !text.startsWith('aws:'))
    .optional(),
  ExternalId: z
    .string()
    .min(2)
    .max(1224)
    .regex(/^[\w+=,.@:/-]*$/)
    .optional(),
  Policy: z
    .string()
    .min(1)
    .regex(/^[\t\n\r\u0020-\u00FF]+$/)
    .optional(),
  PolicyArns: list(z.object({ arn: z.string().min(20).max(2048) })).pipe(
    z.array(z.object({ arn: z.string() })).max(10),
  ),
  Tags: list(z.object({ Key: tagKey, Value: z.string().max(256).regex(tagText) })).pipe(
    z.array(z.object({ Key: z.string(), Value: z.string() })).max(50),
  ),
  TransitiveTagKeys: list(tagKey).pipe(z.array(z.string()).max(50)),
  SerialNumber: z.never('Multi-factor authentication is not played here.').optional(),
  TokenCode: z.never('Multi-factor authentication is not played here.').optional(),
  ProvidedContexts: z.never('Provided contexts are not played here.').optional(),
});

/** Reads and checks the parameters of AssumeRole as far as STS can without asking IAM. Throws STS's own errors. */
export function readAssumeRole(parameters: unknown): AssumeRoleRequest {
  const result = schema.safeParse(parameters);
  if (!result.success) throw invalid(result.error);
  const { RoleArn, Policy, PolicyArns, Tags } = result.data;
  if (!/^role\/[\w+=,.@/-]+$/.test(parseArn(RoleArn)?.resource ?? '') || parseArn(RoleArn)?.service !== 'iam')
    throw new AwsError('ValidationError', `${RoleArn} is invalid`);
  const policyArns = PolicyArns.map(({ arn }) => arn);
  refusePolicies(Policy, policyArns, roleAccount(RoleArn));
  refuseRepeatedKeys(Tags.map(({ Key }) => Key));
  const unknown = result.data.TransitiveTagKeys.find((key) => !Tags.some((tag) => tag.Key === key));
  if (unknown !== undefined)
    throw new AwsError(
      'InvalidParameterValue',
      `Transitive tag key ${unknown} must be included in the session tags.`,
    );
  return {
    roleArn: RoleArn,
    roleSessionName: result.data.RoleSessionName,
    durationSeconds: result.data.DurationSeconds,
    sourceIdentity: result.data.SourceIdentity,
    externalId: result.data.ExternalId,
    policy: Policy,
    policyArns,
    tags: Tags.map(({ Key, Value }) => ({ key: Key, value: Value })),
    transitiveTagKeys: result.data.TransitiveTagKeys,
  };
}

export const roleAccount = (roleArn: string): string => parseArn(roleArn)?.account ?? '';

function invalid(error: z.ZodError): AwsError {
  const { path = [], message = '' } = error.issues[0] ?? {};
  const name = path.join('.');
  const parameter = name.slice(0, 1).toLowerCase() + name.slice(1);
  return new AwsError(
    'ValidationError',
    `1 validation error detected: Value at '${parameter}' failed to satisfy constraint: ${message}`,
  );
}

function refusePolicies(policy: string | undefined, arns: string[], account: string): void {
  const size = (policy?.length ?? 0) + arns.reduce((sum, arn) => sum + arn.length, 0);
  if (size > maxPolicyCharacters)
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${maxPolicyCharacters}`,
    );
  const foreign = arns.find((arn) => !['aws', account].includes(parseArn(arn)?.account ?? ''));
  if (foreign !== undefined)
    throw new AwsError('ValidationError', `The policy ${foreign} is not in the account of the role.`);
  const errors = policy === undefined ? [] : policyErrors(policy);
  if (errors.length > 0) throw new AwsError('MalformedPolicyDocument', errors.join('; '));
}

function refuseRepeatedKeys(keys: string[]): void {
  if (new Set(keys.map((key) => key.toLowerCase())).size < keys.length)
    throw new AwsError(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  if (keys.some((key) => key.toLowerCase().startsWith('aws:')))
    throw new AwsError('InvalidParameterValue', 'Tag keys must not start with aws:.');
}
