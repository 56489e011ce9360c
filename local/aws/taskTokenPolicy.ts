import type { Simulation } from '@cloud-copilot/iam-simulate';
import { covers } from '../../domain/wildcards.ts';

/**
 * `states:SendTask*` is evaluated on the ARN of the state machine that made the token (AWS's own refusals
 * name it, and the CDK's `grantTaskResponse` grants on it), although the service authorisation reference
 * lists no resource for these actions, and the simulator therefore takes `*` only. So each statement is
 * first reduced to whether it reaches that state machine.
 */
export function grantOnStateMachine(simulation: Simulation): Simulation {
  const { resource, accountId } = simulation.request.resource;
  const reduce = (policy: object) => reachingStatements(policy, resource);
  const named = (policies: { name: string; policy: object }[]) =>
    policies.map(({ name, policy }) => ({ name, policy: reduce(policy) }));
  return {
    ...simulation,
    request: { ...simulation.request, resource: { resource: '*', accountId } },
    identityPolicies: named(simulation.identityPolicies),
    ...(simulation.sessionPolicy && { sessionPolicy: reduce(simulation.sessionPolicy) }),
    ...(simulation.permissionBoundaryPolicies && {
      permissionBoundaryPolicies: named(simulation.permissionBoundaryPolicies),
    }),
  };
}

function reachingStatements(policy: object, arn: string): object {
  const statements = 'Statement' in policy ? [policy.Statement].flat() : [];
  const Statement = statements
    .filter((statement) => typeof statement === 'object' && statement !== null && reaches(statement, arn))
    .map((statement) => ({ ...Object(statement), Resource: '*', NotResource: undefined }));
  return { Version: '2012-10-17', Statement: JSON.parse(JSON.stringify(Statement)) };
}

function reaches(statement: object, arn: string): boolean {
  if ('NotResource' in statement)
    return !texts(statement.NotResource).some((pattern) => covers(pattern, arn));
  return 'Resource' in statement && texts(statement.Resource).some((pattern) => covers(pattern, arn));
}

const texts = (value: unknown): string[] => [value].flat().filter((entry) => typeof entry === 'string');
