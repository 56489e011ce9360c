import {
  createValidatedPolicy,
  type ValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy,
} from '@cloud-copilot/iam-policy';
import { type RequestAnalysis, runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { sessionArn } from './arn.ts';
import { AwsError } from './awsError.ts';
import type { AwsCall, Permission } from './call.ts';
import type { ManagedPolicies } from './managedPolicies.ts';
import { callContext } from './requestContext.ts';
import type { Role, Roles } from './roles.ts';
import type { Session } from './sessions.ts';
import { grantOnStateMachine } from './taskTokenPolicy.ts';

export interface Authoriser {
  /** Returns if every policy that applies allows the permission; throws AWS's AccessDenied otherwise. */
  authorise(call: AwsCall, permission: Permission): Promise<void>;
  /** Whether an AWS service may assume the role under its trust policy. */
  serviceMayAssume(service: string, role: Role, context: Record<string, string>): Promise<boolean>;
}

/**
 * IAM's decision on every call: the role's identity policies, its permissions boundary, the session policy
 * and the resource's own policy, evaluated anew each time, so a changed policy takes effect at once.
 */
export function createAuthoriser(roles: Roles, managedPolicies: ManagedPolicies): Authoriser {
  return {
    async authorise(call, permission) {
      const role = roles.get(call.session.roleArn);
      if (role === undefined)
        throw new AwsError('InvalidClientTokenId', 'The role of this session is gone.', 403);
      const analysis = await simulate(simulationOf({ call, permission, role, managedPolicies }));
      if (analysis.result === 'Allowed' || resourceGrantReachesSession(analysis)) return;
      throw new AwsError('AccessDenied', denialMessage(call.session, permission, analysis), 403);
    },
    async serviceMayAssume(service, role, context) {
      const analysis = await simulate({
        request: {
          principal: service,
          action: 'sts:AssumeRole',
          resource: { resource: role.arn, accountId: role.definition.account },
          contextVariables: context,
        },
        identityPolicies: [],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: role.definition.trustPolicy,
      });
      return analysis.result === 'Allowed';
    },
  };
}

/** Throws if a policy is not valid or the simulator does not know the action: a fault of ours, never a grant. */
async function simulate(simulation: Simulation): Promise<RequestAnalysis> {
  const outcome = await runSimulation(withValidated(simulation), { simulationMode: 'Strict' });
  if (outcome.resultType === 'single') return outcome.result.analysis;
  const reason = outcome.resultType === 'error' ? JSON.stringify(outcome.errors) : 'wildcard resource';
  const { action, resource } = simulation.request;
  throw new Error(`The policies for ${action} on ${resource.resource} could not be evaluated: ${reason}`);
}

/** The simulation with the faults of its policies, which the simulator would look for anew on every call. */
const withValidated = (simulation: Simulation): Simulation => ({
  ...simulation,
  identityPolicies: simulation.identityPolicies.map(ofRole),
  ...(simulation.permissionBoundaryPolicies && {
    permissionBoundaryPolicies: simulation.permissionBoundaryPolicies.map(ofRole),
  }),
  ...(simulation.resourcePolicy && { resourcePolicy: ofResource(simulation.resourcePolicy) }),
});

const ofRole = ({ name, policy }: { name: string; policy: object }) => ({ name, policy: ofIdentity(policy) });
const ofIdentity = validatedOnce(validateIdentityPolicy);
const ofResource = validatedOnce(validateResourcePolicy);

/** Faults depend on the document alone, which is replaced and never changed; looking for them costs as much as a decision. */
function validatedOnce(
  validate: Parameters<typeof createValidatedPolicy>[1],
): (document: object) => ValidatedPolicy {
  const known = new WeakMap<object, ValidatedPolicy>();
  return (document) => {
    const validated = known.get(document) ?? createValidatedPolicy(document, validate);
    known.set(document, validated);
    return validated;
  };
}

function simulationOf(options: {
  call: AwsCall;
  permission: Permission;
  role: Role;
  managedPolicies: ManagedPolicies;
}): Simulation {
  const { call, permission, role, managedPolicies } = options;
  const { action, resource, resourceAccount } = permission;
  const sessionPolicy = sessionPolicyOf(call.session, managedPolicies);
  const { boundaryArn } = role.definition;
  const identityPolicies: { name: string; policy: object }[] = [
    { name: 'inline', policy: role.definition.policy },
    ...role.definition.managedPolicyArns.map((arn) => ({ name: arn, policy: managedPolicies.document(arn) })),
  ];
  const simulation: Simulation = {
    request: {
      principal: sessionArn(call.session.roleArn, call.session.sessionName),
      action,
      resource: { resource, accountId: resourceAccount },
      contextVariables: { ...callContext(call), ...permission.context },
    },
    identityPolicies,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(sessionPolicy && { sessionPolicy }),
    ...(permission.resourcePolicy && { resourcePolicy: permission.resourcePolicy }),
    ...(boundaryArn && {
      permissionBoundaryPolicies: [{ name: boundaryArn, policy: managedPolicies.document(boundaryArn) }],
    }),
  };
  return action.startsWith('states:SendTask') ? grantOnStateMachine(simulation) : simulation;
}

/**
 * Several session policies add up among themselves, like several identity policies; the sum is what the
 * role's own permissions are intersected with. Sids may repeat between them, so they are dropped.
 */
function sessionPolicyOf(session: Session, managedPolicies: ManagedPolicies): object | undefined {
  const documents: object[] = session.policyArns.map((arn) => managedPolicies.document(arn));
  if (session.policy !== undefined) documents.push(JSON.parse(session.policy));
  if (documents.length < 2) return documents[0];
  const Statement = documents.flatMap(statementsOf).map((statement) => ({ ...statement, Sid: undefined }));
  return {
    Version: '2012-10-17',
    Statement: Statement.map((statement) => JSON.parse(JSON.stringify(statement))),
  };
}

const statementsOf = (document: object): object[] =>
  'Statement' in document
    ? [document.Statement].flat().filter((entry) => typeof entry === 'object' && entry !== null)
    : [];

/**
 * A resource policy of the same account that names the role session itself (or everybody) grants beyond
 * session policy and boundary, which limit by implicit deny only. The simulator lets a session policy
 * limit that too, so it is decided here. An explicit Deny anywhere still wins.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
function resourceGrantReachesSession(analysis: RequestAnalysis): boolean {
  const { sessionAnalysis, identityAnalysis, permissionBoundaryAnalysis, resourceAnalysis } = analysis;
  if (analysis.result !== 'ImplicitlyDenied' || !analysis.sameAccount) return false;
  const denied = [sessionAnalysis, identityAnalysis, permissionBoundaryAnalysis, resourceAnalysis].some(
    (part) => (part?.denyStatements.length ?? 0) > 0,
  );
  return (
    !denied &&
    (resourceAnalysis?.allowStatements.some(({ principalMatch }) => principalMatch === 'Match') ?? false)
  );
}

/** AWS's own wording, down to which kind of policy refused. STS does not tell why an Allow is missing. */
function denialMessage(session: Session, permission: Permission, analysis: RequestAnalysis): string {
  const { action, resource } = permission;
  const user = sessionArn(session.roleArn, session.sessionName);
  const refused = `User: ${user} is not authorized to perform: ${action} on resource: ${resource}`;
  const denying = denyingPolicy(action, analysis);
  if (denying !== undefined) return `${refused} with an explicit deny in ${denying}`;
  if (action.startsWith('sts:')) return refused;
  return `${refused} because no ${missingPolicy(analysis)} allows the ${action} action`;
}

function denyingPolicy(action: string, analysis: RequestAnalysis): string | undefined {
  const denies = (part: { denyStatements: unknown[] } | undefined) => (part?.denyStatements.length ?? 0) > 0;
  if (denies(analysis.resourceAnalysis))
    return action.startsWith('sts:') ? 'the role trust policy' : 'a resource-based policy';
  if (denies(analysis.permissionBoundaryAnalysis)) return 'a permissions boundary';
  if (denies(analysis.sessionAnalysis)) return 'a session policy';
  return denies(analysis.identityAnalysis) ? 'an identity-based policy' : undefined;
}

function missingPolicy(analysis: RequestAnalysis): string {
  const { identityAnalysis, sessionAnalysis, permissionBoundaryAnalysis, resourceAnalysis } = analysis;
  if (resourceAnalysis?.result === 'ImplicitlyDenied') return 'resource-based policy';
  if (identityAnalysis?.result !== 'Allowed') return 'identity-based policy';
  if (permissionBoundaryAnalysis !== undefined && permissionBoundaryAnalysis.result !== 'Allowed')
    return 'permissions boundary';
  if (sessionAnalysis !== undefined && sessionAnalysis.result !== 'Allowed') return 'session policy';
  return 'resource-based policy';
}
