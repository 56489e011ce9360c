import type { Settings } from './configuration/settings.ts';
import { changing, done, except, type Pattern, type Test, type WatchRule } from './watchPattern.ts';

/** What the CDK's bootstrap calls its roles, with the qualifier that it takes unless told otherwise. */
const bootstrapped = 'cdk-hnb659fds-';

/** How a role can become one that deploys, or a stack change by another hand: in every account. */
export const deployRules = (settings: Settings): WatchRule[] => [
  deployersRule(settings),
  stacksRule(settings),
];

/** Nobody is excepted: who deploys does not change who deploys. */
function deployersRule({ service, deployRoles }: Settings): WatchRule {
  const bootstrap = `arn:aws:iam::${service.account}:role/${bootstrapped}*`;
  const accounts = Map.groupBy([bootstrap, ...deployRoles], accountOf);
  return {
    name: 'deployers',
    promise: 'Roles that deploy Countersign are made and changed by nobody unseen.',
    pattern: done('iam', {
      readOnly: changing,
      $or: [...accounts].flatMap(([account, roleArns]) =>
        becoming(roleArns.map(nameOf)).map((requestParameters) => ({
          requestParameters,
          ...(account !== '*' && { recipientAccountId: [account] }),
        })),
      ),
    }),
  };
}

const accountOf = (roleArn: string): string => roleArn.split(':')[4] ?? '*';

/** Path and name of a role, as its pattern has them. */
const nameOf = (roleArn: string): string => roleArn.slice(roleArn.indexOf('/') + 1);

/** Roles by their names; and by their paths, since the asterisk in a pattern stands for slashes too. */
function becoming(names: string[]): Pattern[] {
  const paths = names.flatMap((name) => /^([^*]+)\*/.exec(name)?.[1] ?? []);
  return [
    { roleName: names.map((name) => named(name.slice(name.lastIndexOf('/') + 1))) },
    ...(paths.length > 0 ? [{ path: paths.map((path) => ({ prefix: `/${path}` })) }] : []),
  ];
}

/** IAM takes names in whatever letter case; EventBridge does so where no asterisk stands in the middle. */
function named(name: string): Test {
  const beginning = /^([^*]*)\*$/.exec(name)?.[1];
  if (beginning !== undefined) return { prefix: { 'equals-ignore-case': beginning } };
  return name.includes('*') ? { wildcard: name } : { 'equals-ignore-case': name };
}

function stacksRule({ service, deployRoles }: Settings): WatchRule {
  const deploying = `arn:aws:iam::${service.account}:role/${bootstrapped}deploy-role-*`;
  return {
    name: 'stacks',
    promise: "Stacks of Countersign, and the CDK's own, change by deployment.",
    pattern: done('cloudformation', {
      readOnly: changing,
      ...except([...deployRoles, deploying]),
      $or: [
        { requestParameters: { stackName: ['Countersign', 'StackSet-Countersign'].flatMap(stackNamed) } },
        {
          recipientAccountId: [service.account],
          requestParameters: { stackName: stackNamed('CDKToolkit') },
        },
      ],
    }),
  };
}

/** CloudFormation takes a stack's name or its ARN. */
const stackNamed = (name: string): Test[] => [{ prefix: name }, { wildcard: `*:stack/${name}*` }];

/** In the service's account: who enters the CDK's roles, which may change everything. CloudFormation does, by itself. */
export const pipelineRule = ({ service, deployRoles }: Settings): WatchRule => ({
  name: 'pipeline',
  promise: "The pipeline alone enters the CDK's roles.",
  pattern: done('sts', {
    eventName: [{ prefix: 'AssumeRole' }],
    requestParameters: { roleArn: [{ prefix: `arn:aws:iam::${service.account}:role/${bootstrapped}` }] },
    userIdentity: {
      type: [{ exists: false }, { 'anything-but': ['AWSService'] }],
      ...except([...deployRoles, `arn:aws:iam::${service.account}:role/${bootstrapped}*`]).userIdentity,
    },
  }),
});
