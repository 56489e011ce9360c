import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyVersionCommand,
  type IAMClient,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boundaryPolicy, type DenyList, denyListSchema, emptyDenyList } from '#domain/denyList.ts';
import { boundaryArnOf } from '../../lambdas/adapters/boundary.ts';
import { clientsOf, clientsWith, roleArn } from '../rules/roleClients.ts';
import { aScheduledGrant, secondsFromNow, untilAudited, untilClosed } from '../rules/steps.ts';
import { anId } from '../support/builders.ts';
import { type OpenedCredentials, ordersTable, refusalOf } from '../support/ordersTable.ts';
import {
  type Answer,
  anActiveGrant,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { type RequestTable, requestTableOf, serviceAccount } from '../support/table.ts';

const production = '111122223333';

let service: Service;
let table: RequestTable;
beforeAll(async () => {
  service = await startService();
  table = requestTableOf(service);
});
afterAll(() => service.stop());

const revoke = (id: string): Promise<Answer> =>
  service.as('ada').post(`/v1/requests/${id}/revoke`, { reason: 'Left the team' });

const ordersOf = (credentials: OpenedCredentials) => ordersTable(service.server.awsUrl, credentials);

const untilRefused = async ({ credentials }: { credentials: OpenedCredentials }): Promise<void> => {
  const refusal = await eventually('the session to be refused', () =>
    refusalOf(ordersOf(credentials).read()),
  );
  expect(refusal).toBe('AccessDeniedException');
};

const keyOf = (role: string) => ({ pk: `DENYLIST#${roleArn(role, production)}`, sk: 'DENYLIST' });

/** The item of a role as `endGrant` reads it. */
async function denyListOf(role: string): Promise<DenyList> {
  const { dynamodb } = await clientsOf(service, 'endGrant');
  const input = { TableName: 'countersign', Key: marshall(keyOf(role)), ConsistentRead: true };
  const { Item } = await dynamodb.send(new GetItemCommand(input));
  return Item ? denyListSchema.parse(unmarshall(Item).list) : emptyDenyList;
}

const deniedIn = ({ entries }: DenyList): string[] => entries.map(({ requestId }) => requestId);

/** The target account's IAM for whoever may write boundary policies there. */
async function boundaryWriter(): Promise<IAMClient> {
  const { sts } = await clientsOf(service, 'endGrant');
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: roleArn('revoker', production),
      RoleSessionName: 'by-hand',
      SourceIdentity: 'somebody',
    }),
  );
  return clientsWith(service, {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }).iam;
}

const policyArnOf = (role: string): string => boundaryArnOf(roleArn(role, production));

async function versionsOf(role: string): Promise<{ number: number; isDefault: boolean }[]> {
  const iam = await boundaryWriter();
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: policyArnOf(role) }));
  return Versions.map(({ VersionId, IsDefaultVersion }) => ({
    number: Number(VersionId?.slice(1)),
    isDefault: IsDefaultVersion === true,
  }));
}

/** The text that bounds a role now. */
async function boundaryOf(role: string): Promise<string> {
  const inForce = (await versionsOf(role)).find(({ isDefault }) => isDefault);
  const iam = await boundaryWriter();
  const input = { PolicyArn: policyArnOf(role), VersionId: `v${inForce?.number}` };
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand(input));
  return decodeURIComponent(PolicyVersion?.Document ?? '');
}

const aGrantOfOneOrder = (overrides: Record<string, unknown> = {}) =>
  anActiveGrant(service, { entitlement: 'orders-item', parameters: { order: '1001' }, ...overrides });

describe('A deny list', () => {
  test('loses nothing when several grants of one role are revoked at the same moment', async () => {
    const revoked = await Promise.all([1, 2, 3].map(() => anActiveGrant(service)));
    const other = await anActiveGrant(service);
    const answers = await Promise.all(revoked.map(({ id }) => revoke(id)));
    expect(answers.map(({ body }) => body.status)).toEqual(revoked.map(() => 'revoked'));
    for (const grant of revoked) await untilRefused(grant);
    for (const { id } of revoked) await untilClosed(service, id);

    const list = await denyListOf('orders-read');
    expect(deniedIn(list).sort()).toEqual(revoked.map(({ id }) => id).sort());
    expect(await boundaryOf('orders-read')).toBe(boundaryPolicy(list));
    expect(await ordersOf(other.credentials).read()).toBe('1001');
  });

  test('takes more revocations than IAM keeps versions of a policy: the oldest version goes', async () => {
    const [first] = await versionsOf('orders-read').then((versions) => versions.toSorted(byNumber));
    for (let number = 0; number < 4; number += 1) {
      const { id } = await aScheduledGrant(service, table);
      await revoke(id);
      await untilClosed(service, id);
    }
    const versions = (await versionsOf('orders-read')).toSorted(byNumber);
    expect(versions).toHaveLength(5);
    expect(versions[0]?.number).toBeGreaterThan(first?.number ?? 0);
    expect(versions.map(({ number }) => number)).toEqual(
      versions.map((_, index) => (versions[0]?.number ?? 0) + index),
    );
    expect(versions.map(({ isDefault }) => isDefault)).toEqual([false, false, false, false, true]);
    expect(await boundaryOf('orders-read')).toBe(boundaryPolicy(await denyListOf('orders-read')));
  });

  const byNumber = (a: { number: number }, b: { number: number }): number => a.number - b.number;

  test('that somebody overwrote by hand in the boundary policy stands again within five minutes', async () => {
    const { id, credentials } = await anActiveGrant(service);
    await revoke(id);
    await untilRefused({ credentials });
    await untilClosed(service, id);
    const iam = await boundaryWriter();
    const oldest = (await versionsOf('orders-read')).toSorted(byNumber)[0];
    await iam.send(
      new DeletePolicyVersionCommand({
        PolicyArn: policyArnOf('orders-read'),
        VersionId: `v${oldest?.number}`,
      }),
    );
    await iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: policyArnOf('orders-read'),
        PolicyDocument: boundaryPolicy(emptyDenyList),
        SetAsDefault: true,
      }),
    );
    expect(await ordersOf(credentials).read()).toBe('1001');
    await service.advance('PT5M5S');
    await untilRefused({ credentials });
    expect(await boundaryOf('orders-read')).toBe(boundaryPolicy(await denyListOf('orders-read')));
  });

  test('forgets a grant once it would have ended; the policy only when no session of such a request could live', async () => {
    const { id, request } = await anActiveGrant(service, { duration: 'PT20M' });
    await revoke(id);
    await untilClosed(service, id);
    expect(await boundaryOf('orders-read')).toContain(id);
    await service.advance('PT19M');
    expect(secondsFromNow(0) < request.endsAt).toBe(true);
    expect(await boundaryOf('orders-read')).toContain(id);
    await service.advance('PT2M');
    await service.server.host.quiet();
    const revokeAnother = async () => {
      const another = await aScheduledGrant(service, table);
      await revoke(another.id);
      await untilClosed(service, another.id);
    };
    await revokeAnother();
    expect(deniedIn(await denyListOf('orders-read'))).not.toContain(id);
    expect(await boundaryOf('orders-read')).toContain(id);
    await service.advance('P37DT1H');
    await revokeAnother();
    expect(await boundaryOf('orders-read')).not.toContain(id);
    expect((await untilAudited(service, id, 'revoked')).history.at(-1).event).toBe('closed');
  });

  test('needs no entry for a grant whose time ran out', async () => {
    const before = await versionsOf('orders-item');
    const { id, credentials } = await aGrantOfOneOrder({ duration: 'PT1M' });
    await service.advance('PT61S');
    await untilStatus(service, 'alice', id, 'ended');
    await untilClosed(service, id);
    expect(await refusalOf(ordersOf(credentials).read())).toBe('AccessDeniedException');
    expect(await denyListOf('orders-item')).toEqual(emptyDenyList);
    expect(await boundaryOf('orders-item')).toBe(boundaryPolicy(emptyDenyList));
    expect(await versionsOf('orders-item')).toEqual(before);
  });
});

describe('A deny list that is full', () => {
  test('denies every session of the role so far, and the role’s other grants get new ones within seconds', async () => {
    const [revoked, other] = [await aGrantOfOneOrder(), await aGrantOfOneOrder()];
    const until = secondsFromNow(86_400);
    const entries = Array.from({ length: 200 }, (_, number) => ({ requestId: anId(number), until }));
    const item = { ...keyOf('orders-item'), list: { entries }, version: 200 };
    await service.server.aws.seedItems(serviceAccount, 'countersign', [marshall(item)]);

    expect((await revoke(revoked.id)).body.status).toBe('revoked');
    await untilRefused(revoked);
    await untilRefused(other);
    const renewed = await eventually(
      'the other grant’s next session',
      async () => {
        const { body } = await service.as('alice').get(`/v1/requests/${other.id}/credentials`);
        return body.sequence === 2 && body;
      },
      8,
    );
    expect(renewed.grantEndsAt).toBe(other.sealed.grantEndsAt);
    expect(await ordersOf(await other.recipient.open(renewed.jwe)).read()).toBe('1001');

    const { issuedBefore } = await denyListOf('orders-item');
    expect(issuedBefore && issuedBefore > revoked.request.startsAt).toBe(true);
    const policy = await boundaryOf('orders-item');
    expect(policy).toContain(`{"aws:TokenIssueTime":"${issuedBefore}"}`);
    expect(policy.length).toBeLessThanOrEqual(6_144);
  });

  test('does not deny the sessions of that time over and over, nor those issued since', async () => {
    const since = await aGrantOfOneOrder();
    const before = await denyListOf('orders-item');
    await service.advance('PT5M5S');
    await service.server.host.quiet();
    expect((await denyListOf('orders-item')).issuedBefore).toBe(before.issuedBefore);
    expect(await ordersOf(since.credentials).read()).toBe('1001');
  });

  test('lets go of the whole role an hour later, when none of those sessions can live', async () => {
    expect(await boundaryOf('orders-item')).toContain('aws:TokenIssueTime');
    await service.advance('PT1H1M');
    await eventually(
      'the whole role to be let go',
      async () => !(await boundaryOf('orders-item')).includes('aws:TokenIssueTime'),
    );
  });
});
