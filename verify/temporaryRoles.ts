import {
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  type IAMClient,
  ListPolicyVersionsCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { type Removals, unlessGone } from './removals.ts';
import type { TestAccount } from './testAccount.ts';

interface Workshop {
  account: string;
  iam: IAMClient;
  nameOf: TestAccount['nameOf'];
  removals: Removals;
}

const PolicyName = 'permissions';

/** Makes roles, whose longest session is twelve hours so that nothing but role chaining limits one. */
export const roleMaker =
  ({ account, iam, nameOf, removals }: Workshop): TestAccount['makeRole'] =>
  async ({ name, trust, policy, boundary }) => {
    const RoleName = nameOf(name);
    const role = new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify(trust),
      MaxSessionDuration: 43_200,
      ...(boundary !== undefined && { PermissionsBoundary: boundary }),
    });
    await removals.make(`role ${RoleName}`, {
      make: () => iam.send(role),
      async remove() {
        await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })).catch(unlessGone);
        await iam.send(new DeleteRoleCommand({ RoleName }));
      },
    });
    await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(policy) }),
    );
    return `arn:aws:iam::${account}:role/${RoleName}`;
  };

/** Makes managed policies. Their versions go before them. */
export const policyMaker =
  ({ account, iam, nameOf, removals }: Workshop): TestAccount['makePolicy'] =>
  async (name, PolicyDocument) => {
    const PolicyArn = `arn:aws:iam::${account}:policy/${nameOf(name)}`;
    await removals.make(`policy ${nameOf(name)}`, {
      make: () => iam.send(new CreatePolicyCommand({ PolicyName: nameOf(name), PolicyDocument })),
      async remove() {
        const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
        for (const { VersionId, IsDefaultVersion } of Versions)
          if (!IsDefaultVersion) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
        await iam.send(new DeletePolicyCommand({ PolicyArn }));
      },
    });
    return PolicyArn;
  };
