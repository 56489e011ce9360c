import { covers } from '#domain/wildcards.ts';
import type { KeptEvent } from '../reader/keptEvent.ts';
import type { Material } from './finding.ts';

/**
 * Roles of the CDK's bootstrap and of CloudFormation StackSets: by some of them CloudFormation is set to work, in the name of others it
 * makes the changes.
 * https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html
 */
const settingToWork =
  /::(\d{12}):role\/(?:cdk-[a-z0-9]{1,10}-deploy-role-\1-[a-z0-9-]+|stacksets-exec-[^/]*|AWSCloudFormationStackSet(?:Execution|Administration)Role)$/;
const changing =
  /::(\d{12}):role\/(?:cdk-[a-z0-9]{1,10}-cfn-exec-role-\1-[a-z0-9-]+|stacksets-exec-[^/]*|AWSCloudFormationStackSetExecutionRole)$/;

/**
 * Whether a call is a deployment: CloudFormation at work in the name of one of these roles, one of them that sets it to work, or whatever
 * a role does that the reviewer names. That CloudFormation makes a change is no excuse by itself: anybody can have it make theirs.
 */
export function isDeployment(
  { source, caller }: Pick<KeptEvent, 'source' | 'caller'>,
  { deployRoles = [] }: Pick<Material, 'deployRoles'>,
): boolean {
  const { issuerArn, invokedBy } = caller;
  if (issuerArn === undefined) return false;
  if (deployRoles.some((pattern) => covers(pattern, issuerArn))) return true;
  if (invokedBy === cloudFormation) return changing.test(issuerArn);
  return source === cloudFormation && settingToWork.test(issuerArn);
}

const cloudFormation = 'cloudformation.amazonaws.com';
