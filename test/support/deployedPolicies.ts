import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { PolicyDocument, Statement } from '#infra/definitions.ts';
import { type Resource, resolved, type Stacks, type Template } from './stacks.ts';

/** A statement of a deployed policy, and where it stands. */
export interface Placed {
  /** `CountersignService/countersign-requests` for a role, else stack and logical id. */
  place: string;
  /** The type of the resource, and for roles which of its policies. */
  kind: string;
  statement: Statement;
}

/** A role as its template deploys it. */
export interface DeployedRole {
  stack: string;
  arn: string;
  name: string;
  account: string;
  trustPolicy: PolicyDocument;
  policy: PolicyDocument;
  boundary?: PolicyDocument;
  /** Of the function that runs under it. */
  functionArn?: string;
}

const listOf = <Value>(value: Value | Value[] | undefined): Value[] =>
  value === undefined ? [] : ([value].flat() as Value[]);

/** Every statement of every policy in the templates, references resolved: of roles, keys, buckets, topics, queues, buses, functions and the API. */
export function placedStatements({ all }: Stacks): Placed[] {
  return Object.entries(all).flatMap(([stack, template]) =>
    Object.entries(template.Resources).flatMap(([id, resource]) => {
      const name = resource.Properties?.RoleName;
      const place = `${stack}/${name === undefined ? id : resolved(template, name)}`;
      return documentsOf(template, id, resource).flatMap(([kind, document]) =>
        listOf(document.Statement).map((statement) => ({ place, kind, statement })),
      );
    }),
  );
}

/** The policies that a resource carries, by kind. */
function documentsOf(template: Template, id: string, resource: Resource): [kind: string, PolicyDocument][] {
  const properties = resolved(template, resource.Properties ?? {});
  switch (resource.Type) {
    case 'AWS::IAM::Role':
      return [
        ['trust', properties.AssumeRolePolicyDocument],
        ...listOf<{ PolicyDocument: PolicyDocument }>(properties.Policies).map(
          ({ PolicyDocument }): [string, PolicyDocument] => ['identity', PolicyDocument],
        ),
      ];
    case 'AWS::IAM::Policy':
      return [['identity', properties.PolicyDocument]];
    case 'AWS::IAM::ManagedPolicy':
      return [['boundary', properties.PolicyDocument]];
    case 'AWS::KMS::Key':
      return [['key', properties.KeyPolicy]];
    case 'AWS::Lambda::Permission':
      return [['function', permissionOf(properties)]];
    case 'AWS::Events::EventBusPolicy':
      return [['bus', { Version: '2012-10-17', Statement: listOf(properties.Statement) }]];
    case 'AWS::ApiGateway::RestApi':
      return properties.Policy === undefined ? [] : [['api', properties.Policy]];
    case 'AWS::S3::BucketPolicy':
    case 'AWS::SNS::TopicPolicy':
    case 'AWS::SQS::QueuePolicy':
      return [['resource', properties.PolicyDocument]];
    default:
      if (resource.Type.endsWith('Policy'))
        throw new Error(`${id} is a ${resource.Type}, which is not read here.`);
      return [];
  }
}

/** `lambda:AddPermission` as the statement that it becomes. */
function permissionOf(permission: {
  Principal: string;
  Action: string;
  FunctionName: string;
  SourceArn?: string;
}): PolicyDocument {
  const { Principal, Action, FunctionName, SourceArn } = permission;
  const statement: Statement = {
    Effect: 'Allow',
    Principal: { Service: Principal },
    Action,
    Resource: FunctionName,
    ...(SourceArn !== undefined && { Condition: { ArnLike: { 'aws:SourceArn': SourceArn } } }),
  };
  return { Version: '2012-10-17', Statement: [statement] };
}

/** Every role of every template. */
export function deployedRoles({ all }: Stacks): DeployedRole[] {
  return Object.entries(all).flatMap(([stack, template]) =>
    Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .map((resource) => roleOf(stack, template, resource)),
  );
}

function roleOf(stack: string, template: Template, resource: Resource): DeployedRole {
  const account: string = resolved(template, { Ref: 'AWS::AccountId' });
  const { RoleName, AssumeRolePolicyDocument, Policies, PermissionsBoundary } = resolved(
    template,
    resource.Properties,
  );
  const Statement = listOf<{ PolicyDocument: PolicyDocument }>(Policies).flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
  const boundary = PermissionsBoundary === undefined ? undefined : boundaryOf(template, PermissionsBoundary);
  const functionArn = functionArnOf(template, RoleName);
  return {
    stack,
    arn: `arn:aws:iam::${account}:role/${RoleName}`,
    name: RoleName,
    account,
    trustPolicy: AssumeRolePolicyDocument,
    policy: { Version: '2012-10-17', Statement },
    ...(boundary && { boundary }),
    ...(functionArn !== undefined && { functionArn }),
  };
}

/** A function and its role go by the same name. */
function functionArnOf(template: Template, roleName: string): string | undefined {
  const found = Object.entries(template.Resources).find(
    ([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Function' && resolved(template, Properties.FunctionName) === roleName,
  );
  return found && resolved(template, { 'Fn::GetAtt': [found[0], 'Arn'] });
}

function boundaryOf(template: Template, arn: string): PolicyDocument {
  const policies = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')
    .map(({ Properties }) => resolved(template, Properties));
  const policy = policies.find(({ ManagedPolicyName }) => arn.endsWith(`:policy/${ManagedPolicyName}`));
  if (!policy) throw new Error(`The boundary ${arn} is not in its role's template.`);
  return policy.PolicyDocument;
}

/** Who asks, for what, under which circumstances. */
export interface Question {
  /** A deployed role, or an administrator: a role of that account that is allowed everything. */
  by: DeployedRole | { administratorOf: string };
  action: string;
  resource: string;
  account: string;
  resourcePolicy?: PolicyDocument;
  context?: Record<string, string | string[]>;
}

const administratorOf = (account: string): DeployedRole => ({
  stack: '',
  arn: `arn:aws:iam::${account}:role/administrator`,
  name: 'administrator',
  account,
  trustPolicy: { Version: '2012-10-17', Statement: [] },
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
});

/** IAM's answer under the deployed policies. */
export async function isAllowed({
  by,
  action,
  resource,
  account,
  resourcePolicy,
  context,
}: Question): Promise<boolean> {
  const role = 'administratorOf' in by ? administratorOf(by.administratorOf) : by;
  const sessionArn = role.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/');
  const simulation: Simulation = {
    request: {
      principal: `${sessionArn}/a-session`,
      action,
      resource: { resource, accountId: account },
      contextVariables: {
        'aws:PrincipalArn': role.arn,
        'aws:PrincipalAccount': role.account,
        'aws:CurrentTime': '2026-11-22T12:00:00Z',
        'aws:SecureTransport': 'true',
        'aws:PrincipalIsAWSService': 'false',
        'aws:userid': 'AROAEXAMPLE:a-session',
        'aws:RequestedRegion': 'us-east-1',
        ...(role.functionArn !== undefined && { 'lambda:SourceFunctionArn': role.functionArn }),
        ...context,
      },
    },
    identityPolicies: [{ name: 'identity', policy: role.policy }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(resourcePolicy && { resourcePolicy }),
    ...(role.boundary && { permissionBoundaryPolicies: [{ name: 'boundary', policy: role.boundary }] }),
  };
  const outcome = await runSimulation(simulation, { simulationMode: 'Strict' });
  if (outcome.resultType !== 'single')
    throw new Error(`${action} on ${resource}: ${JSON.stringify(outcome)}`);
  return outcome.result.analysis.result === 'Allowed';
}
