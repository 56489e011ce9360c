import { validateIdentityPolicy } from '@cloud-copilot/iam-policy';
import * as z from 'zod';
import { parseArn } from '../arn.ts';
import { AwsError } from '../awsError.ts';
import type { AwsCall, JsonObject, Operation, Outcome, PreparedCall, Service } from '../call.ts';
import {
  addVersion,
  type ManagedPolicies,
  type ManagedPolicy,
  maxVersions,
  type PolicyVersion,
} from '../managedPolicies.ts';
import { isoSeconds } from '../requestContext.ts';
import type { Roles } from '../roles.ts';

/** Characters of a managed policy, white space not counted. */
const maxPolicyCharacters = 6144;

const arnSchema = z.object({ PolicyArn: z.string().min(20).max(2048) });
const versionSchema = arnSchema.extend({ VersionId: z.string().regex(/^v[1-9][0-9]*$/) });
const createSchema = arnSchema.extend({
  PolicyDocument: z.string().min(1).max(131_072),
  SetAsDefault: z.enum(['true', 'false']).default('false'),
});

/** IAM, as far as managed policy versions go: what the revoker may do to a boundary policy, and reading it back. */
export function createIam(managedPolicies: ManagedPolicies, roles: Roles): Service {
  const existing = (arn: string): ManagedPolicy => {
    const policy = managedPolicies.find(arn);
    if (policy === undefined) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
    return policy;
  };
  return {
    GetPolicy: policyOperation(arnSchema, true, ({ PolicyArn }) => ({
      output: { Policy: describePolicy(existing(PolicyArn), roles) },
    })),
    ListPolicyVersions: policyOperation(arnSchema, true, ({ PolicyArn }) => {
      const policy = existing(PolicyArn);
      return {
        output: {
          Versions: policy.versions.map((version) => describeVersion(policy, version)),
          IsTruncated: false,
        },
      };
    }),
    GetPolicyVersion: policyOperation(versionSchema, true, ({ PolicyArn, VersionId }) => {
      const policy = existing(PolicyArn);
      const version = findVersion(policy, VersionId);
      const Document = encodeURIComponent(version.document);
      return { output: { PolicyVersion: { Document, ...describeVersion(policy, version) } } };
    }),
    CreatePolicyVersion: policyOperation(createSchema, false, (request, call) => {
      const policy = existing(request.PolicyArn);
      refuseUnfitDocument(request.PolicyDocument);
      refuseSixth(policy);
      const setAsDefault = request.SetAsDefault === 'true';
      const version = { document: request.PolicyDocument, createdAt: call.time, setAsDefault };
      const changed = addVersion(policy, version);
      managedPolicies.save(changed);
      const created = describeVersion(changed, findVersion(changed, `v${changed.lastNumber}`));
      const { VersionId: versionId, CreateDate: createDate } = created;
      return {
        output: { PolicyVersion: created },
        responseElements: { policyVersion: { versionId, isDefaultVersion: setAsDefault, createDate } },
      };
    }),
    DeletePolicyVersion: policyOperation(versionSchema, false, ({ PolicyArn, VersionId }) => {
      const policy = existing(PolicyArn);
      const version = findVersion(policy, VersionId);
      if (VersionId === policy.defaultVersionId)
        throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.', 409);
      managedPolicies.save({ ...policy, versions: policy.versions.filter((entry) => entry !== version) });
      return { output: {} };
    }),
  };
}

function policyOperation<Request extends { PolicyArn: string }>(
  schema: z.ZodType<Request>,
  readOnly: boolean,
  run: (request: Request, call: AwsCall) => Outcome,
): Operation {
  return (parameters, call): PreparedCall => {
    const result = schema.safeParse(parameters);
    if (!result.success) throw invalid(result.error);
    const { PolicyArn: resource } = result.data;
    const parsed = parseArn(resource);
    if (parsed?.service !== 'iam' || !/^policy\/[\w+=,.@/-]+$/.test(parsed.resource))
      throw new AwsError('ValidationError', `ARN ${resource} is not valid.`);
    return {
      permissions: [{ action: `iam:${call.operation}`, resource, resourceAccount: parsed.account }],
      trail: { readOnly, dataEvent: false, requestParameters: trailParameters(result.data) },
      run: () => run(result.data, call),
    };
  };
}

const invalid = (error: z.ZodError): AwsError => {
  const { path = [], message = '' } = error.issues[0] ?? {};
  return new AwsError(
    'ValidationError',
    `1 validation error detected: Value at '${path.join('.')}' failed to satisfy constraint: ${message}`,
  );
};

const trailParameters = (request: object): JsonObject =>
  Object.fromEntries(
    Object.entries(request).map(([name, value]) => [
      name.slice(0, 1).toLowerCase() + name.slice(1),
      value === 'true' || value === 'false' ? value === 'true' : value,
    ]),
  );

function findVersion(policy: ManagedPolicy, versionId: string): PolicyVersion {
  const version = policy.versions.find((entry) => entry.versionId === versionId);
  if (version !== undefined) return version;
  throw new AwsError(
    'NoSuchEntity',
    `Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`,
    404,
  );
}

function refuseSixth({ versions }: ManagedPolicy): void {
  if (versions.length < maxVersions) return;
  throw new AwsError(
    'LimitExceeded',
    `A managed policy can have up to ${maxVersions} versions. Before you create a new version, you must delete an existing version.`,
    409,
  );
}

function refuseUnfitDocument(document: string): void {
  const size = document.replace(/\s/g, '').length;
  if (size > maxPolicyCharacters)
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PolicySize: ${maxPolicyCharacters}`, 409);
  const errors = policyErrors(document);
  if (errors.length > 0) throw new AwsError('MalformedPolicyDocument', errors.join('; '));
}

/** What is wrong with the text as an identity or session policy; nothing if it is one. */
export function policyErrors(document: string): string[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    return ['Syntax errors in policy.'];
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy))
    return ['Syntax errors in policy.'];
  if (!('Statement' in policy) || [policy.Statement].flat().length === 0)
    return ['Policy statement must not be empty.'];
  return validateIdentityPolicy(policy).map(({ path, message }) => `${path ?? ''}: ${message}`);
}

const describeVersion = (policy: ManagedPolicy, version: PolicyVersion) => ({
  VersionId: version.versionId,
  IsDefaultVersion: version.versionId === policy.defaultVersionId,
  CreateDate: isoSeconds(version.createdAt),
});

function describePolicy(policy: ManagedPolicy, roles: Roles): JsonObject {
  const definitions = [...roles.values()].map((role) => role.definition);
  const path = policy.arn.slice(policy.arn.indexOf(':policy/') + 7);
  return {
    PolicyName: path.slice(path.lastIndexOf('/') + 1),
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: path.slice(0, path.lastIndexOf('/') + 1),
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: definitions.filter((role) => role.managedPolicyArns.includes(policy.arn)).length,
    PermissionsBoundaryUsageCount: definitions.filter((role) => role.boundaryArn === policy.arn).length,
    IsAttachable: true,
    CreateDate: isoSeconds(policy.createdAt),
    UpdateDate: isoSeconds(policy.updatedAt),
  };
}
