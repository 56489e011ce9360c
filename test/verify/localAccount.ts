import type { RoleDefinition } from '#infra/definitions.ts';
import type { AwsEndpoint } from '#local/aws/endpoint.ts';
import { clientsWith } from '../../verify/clients.ts';
import type { TestAccount } from '../../verify/testAccount.ts';
import {
  allow,
  clock,
  functionRole,
  region,
  roleArn,
  sampleManagedPolicies,
  sampleRoles,
  service,
  startSampleEndpoint,
} from '../local/aws/sampleEndpoint.ts';

const nameOf = (name: string): string => `countersign-verify-test-${name}`;
const administrator = functionRole('administrator', [allow('*')]);
const boundaryArn = `arn:aws:iam::${service}:policy/${nameOf('boundary')}`;

/** The roles that the checks make: here they stand from the start, and are made by being changed. */
const names = [
  'chain-caller',
  'chain-target',
  'end',
  'revoked',
  'issuer',
  'stranger',
  'entitlement',
  'record-caller',
  'record-target',
  'function',
  'function-target',
];

const made: RoleDefinition[] = names.map((name) =>
  functionRole(nameOf(name), [], { maxSessionDuration: 43_200 }),
);

export interface LocalAccount {
  account: TestAccount;
  endpoint: AwsEndpoint;
}

/** The endpoint plays one region; in others it lets nobody in. */
const refuse = () => () => Promise.reject(Object.assign(new Error('Refused.'), { name: 'AccessDenied' }));

/** The local endpoint as the account of an administrator. Waiting moves its clock. */
export async function startLocalAccount(): Promise<LocalAccount> {
  const everything = { Version: '2012-10-17' as const, Statement: [allow('*')] };
  const endpoint = await startSampleEndpoint({
    roles: [...sampleRoles, administrator, ...made],
    managedPolicies: [
      ...sampleManagedPolicies,
      { arn: boundaryArn, policy: everything },
      { arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess', policy: everything },
    ],
  });
  process.env.AWS_ENDPOINT_URL = endpoint.url;
  const { accessKeyId, secretAccessKey, sessionToken } = await endpoint.credentialsFor(
    roleArn(service, administrator.name),
    'somebody',
  );
  const clientsAs: TestAccount['clientsAs'] = (credentials, elsewhere = region) => {
    const clients = clientsWith({ region, credentials });
    if (elsewhere !== region) clients.sts.middlewareStack.add(refuse, { step: 'initialize' });
    return clients;
  };
  const account: TestAccount = {
    account: service,
    region,
    clients: clientsAs({ accessKeyId, secretAccessKey, sessionToken }),
    clientsAs,
    cli: () => Promise.reject(new Error('There is no AWS CLI here.')),
    nameOf,
    async makeRole({ name, trust, policy, boundary }) {
      const arn = roleArn(service, nameOf(name));
      endpoint.changeRole(arn, (definition) => ({
        ...definition,
        trustPolicy: trust,
        policy,
        ...(boundary !== undefined && { boundaryArn: boundary }),
      }));
      return arn;
    },
    makePolicy: async () => boundaryArn,
    removals: { make: (_, { make }) => make(), removeAll: async () => [] },
    now: () => clock.now(),
    pause: async (milliseconds) => clock.advance(milliseconds),
  };
  return { account, endpoint };
}
