import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import type { Clients, SessionCredentials } from './clients.ts';
import { mayAssume, mayListTables, type TestAccount, trustOfAccount } from './testAccount.ts';
import { onceKnown } from './waiting.ts';

/** A session of a role. Rejects with the error of STS. */
export async function assume(
  { sts }: Clients,
  input: Pick<AssumeRoleCommandInput, 'RoleArn'> & Partial<AssumeRoleCommandInput>,
): Promise<SessionCredentials> {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleSessionName: 'countersign-verify', DurationSeconds: 900, ...input }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error('STS answered without credentials.');
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** Two roles as Countersign has them, a function's and one that it enters, and a session of the first. */
export async function makeChain(
  account: TestAccount,
  name: string,
): Promise<{ caller: SessionCredentials; target: string }> {
  const target = await account.makeRole({
    name: `${name}-target`,
    trust: trustOfAccount(account),
    policy: mayListTables,
  });
  const RoleArn = await account.makeRole({
    name: `${name}-caller`,
    trust: trustOfAccount(account),
    policy: mayAssume(target),
  });
  return { target, caller: await onceKnown(account, () => assume(account.clients, { RoleArn })) };
}
