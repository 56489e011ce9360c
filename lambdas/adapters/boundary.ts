import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';

/**
 * Makes what is rendered from the default version of the boundary of a target role its next, unless it is the same. Reads
 * it back.
 */
export type WriteBoundary = (boundary: {
  roleArn: string;
  requestId: string;
  render: (inForce: string) => string;
}) => Promise<void>;

/** IAM keeps this many versions of a managed policy. */
const maximumVersions = 5;

export const boundaryWriterWith =
  (sts: STSClient): WriteBoundary =>
  async ({ roleArn, requestId, render }) => {
    const iam = await revokerOf(sts, { roleArn, requestId });
    const PolicyArn = boundaryArnOf(roleArn);
    const inForce = await readDefault(iam, PolicyArn);
    const policy = render(inForce ?? '');
    if (inForce === policy) return;
    await makeRoom(iam, PolicyArn);
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policy, SetAsDefault: true }));
    if ((await readDefault(iam, PolicyArn)) !== policy)
      throw new Error('The boundary policy was changed by somebody else while it was written.');
  };

/** By naming: role `countersign-orders-read` has the boundary policy `countersign-boundary-orders-read`. */
export const boundaryArnOf = (roleArn: string): string =>
  roleArn.replace(/^(arn:[^:]+:iam::\d{12}):role\/countersign-/, '$1:policy/countersign-boundary-');

const revokerArnOf = (roleArn: string): string => roleArn.replace(/:role\/.*$/, ':role/countersign-revoker');

/** The revoker of the target account may write versions of boundary policies, and nothing else. */
async function revokerOf(
  sts: STSClient,
  { roleArn, requestId }: { roleArn: string; requestId: string },
): Promise<IAMClient> {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: revokerArnOf(roleArn),
      RoleSessionName: requestId,
      SourceIdentity: 'countersign',
      DurationSeconds: 900,
    }),
  );
  const {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
  } = Credentials ?? {};
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Error('STS answered without credentials.');
  return new IAMClient({ credentials: { accessKeyId, secretAccessKey, sessionToken } });
}

async function readDefault(iam: IAMClient, PolicyArn: string): Promise<string | undefined> {
  const versions = await versionsOf(iam, PolicyArn);
  const VersionId = versions.find(({ IsDefaultVersion }) => IsDefaultVersion)?.VersionId;
  if (VersionId === undefined) return undefined;
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  // IAM answers the document URL-encoded (RFC 3986).
  return PolicyVersion?.Document === undefined ? undefined : decodeURIComponent(PolicyVersion.Document);
}

/** The oldest version goes first: the default one is never the oldest of five. */
async function makeRoom(iam: IAMClient, PolicyArn: string): Promise<void> {
  const versions = await versionsOf(iam, PolicyArn);
  if (versions.length < maximumVersions) return;
  const oldest = versions
    .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
    .sort(
      (a, b) => Number(a.CreateDate) - Number(b.CreateDate) || numberOf(a.VersionId) - numberOf(b.VersionId),
    )[0];
  if (oldest?.VersionId)
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest.VersionId }));
}

const numberOf = (versionId: string | undefined): number => Number(versionId?.slice(1));

async function versionsOf(iam: IAMClient, PolicyArn: string) {
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  return Versions;
}
