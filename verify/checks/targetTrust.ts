import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { ulid } from 'ulid';
import type { PolicyDocument } from '../../infra/definitions.ts';
import { placeOf, resourcesOf } from '../../infra/installation.ts';
import { targetDefinitions } from '../../infra/targetRoles.ts';
import { type Check, type Finding, finding, wentThrough } from '../check.ts';
import { deployedConfiguration } from '../configuration.ts';
import { assume } from '../session.ts';
import { mayAssume, mayListTables, type TestAccount, trustOfAccount } from '../testAccount.ts';
import { onceKnown, outcomeOf } from '../waiting.ts';

type Input = Pick<AssumeRoleCommandInput, 'RoleArn'> & Partial<AssumeRoleCommandInput>;

export const targetTrust: Check = {
  name: 'The trust policy of a target role admits the right call, and no other',
  otherwise: 'No session could be issued, or one without the person, the request or the digest on it.',
  async run(account) {
    const caller = await account.makeRole({
      name: 'issuer',
      trust: trustOfAccount(account),
      policy: mayAssume(`arn:aws:iam::${account.account}:role/${account.nameOf('*')}`),
    });
    const stranger = await account.makeRole({
      name: 'stranger',
      trust: trustOfAccount(account),
      policy: mayAssume(`arn:aws:iam::${account.account}:role/${account.nameOf('*')}`),
    });
    const target = await account.makeRole({
      name: 'entitlement',
      trust: await deployedTrust(account, caller),
      policy: mayListTables,
    });
    const sessionOf = (RoleArn: string) => onceKnown(account, () => assume(account.clients, { RoleArn }));
    const [issuer, other] = [await sessionOf(caller), await sessionOf(stranger)];
    const clients = account.clientsAs(issuer);
    const right = rightCall(target);
    await onceKnown(account, () => assume(clients, right));
    const elsewhere = account.region === 'us-east-1' ? 'us-west-2' : 'us-east-1';
    const outcomes: Record<string, string> = {
      'from another role': await outcomeOf(assume(account.clientsAs(other), right)),
      'in another region': await outcomeOf(assume(account.clientsAs(issuer, elsewhere), right)),
    };
    for (const [what, input] of Object.entries(wrongCalls(right)))
      outcomes[what] = await outcomeOf(assume(clients, input));
    return judgeTrust(outcomes);
  },
};

/** Stands for the service account until the policy is made. */
const nobody = '000000000000';

/** What a target role would trust, with this account for the service's, and a role of this run for `issueSession`. */
async function deployedTrust({ account, region }: TestAccount, caller: string): Promise<PolicyDocument> {
  const { settings, catalogue, entry } = await deployedConfiguration();
  const service = { ...placeOf(settings), account: nobody, region };
  const [role] = targetDefinitions(service, catalogue, entry.account.id).roles;
  const issuer = resourcesOf(service).functionRoleArn('issueSession');
  const text = JSON.stringify(role?.trustPolicy).replaceAll(issuer, caller).replaceAll(nobody, account);
  return JSON.parse(text);
}

const rightCall = (RoleArn: string): Input => ({
  RoleArn,
  RoleSessionName: ulid(),
  SourceIdentity: 'alice@example.com',
  Tags: [
    { Key: 'cs:request', Value: ulid() },
    { Key: 'cs:digest', Value: 'A'.repeat(43) },
    { Key: 'cs:approver1', Value: 'bob@example.com' },
  ],
});

function wrongCalls(right: Input): Record<string, Input> {
  const without = (key: string) => right.Tags?.filter(({ Key }) => Key !== key);
  return {
    'without a source identity': { ...right, SourceIdentity: undefined },
    'without a request': { ...right, Tags: without('cs:request') },
    'without a digest': { ...right, Tags: without('cs:digest') },
    'under a name of its own': { ...right, RoleSessionName: 'somebody' },
    'with a transitive tag': { ...right, TransitiveTagKeys: ['cs:request'] },
  };
}

/** By what was wrong with a call, what STS said to it. */
export function judgeTrust(outcomes: Record<string, string>): Finding {
  const calls = Object.entries(outcomes);
  const admitted = calls.filter(([what, outcome]) => wentThrough(what, outcome)).map(([what]) => what);
  return finding(
    admitted.length === 0,
    admitted.length === 0
      ? `the right call: admitted; ${calls.length} wrong ones: denied`
      : `admitted: a call ${admitted.join(', a call ')}`,
  );
}
