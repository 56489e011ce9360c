import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Catalogue } from '../../domain/catalogue.ts';
import { ConfigurationError } from '../configuration/configurationError.ts';
import type { Settings } from '../configuration/settings.ts';
import { placeOf } from '../installation.ts';
import { targetDefinitions } from '../targetRoles.ts';
import { checkTargetSize } from '../targetSize.ts';
import { watchRole } from '../watchRole.ts';
import { defineTrail } from './auditTrail.ts';
import { defineRole } from './role.ts';
import { defineBoundary, defineTargetRole } from './targetRole.ts';

export interface TargetAccountProps {
  settings: Settings;
  catalogue: Catalogue;
  /** Its name in the catalogue. */
  target: string;
}

/** What a target account holds once, whatever the number of regions: roles, boundaries, and its trail. */
export class TargetAccount extends Construct {
  /** What EventBridge hands on events under. */
  readonly watchRole: CfnRole;

  constructor(scope: Construct, id: string, { settings, catalogue, target }: TargetAccountProps) {
    super(scope, id);
    const { service, retention } = settings;
    const account = accountOf(target, catalogue);
    const definitions = targetDefinitions(placeOf(settings), catalogue, account);
    checkTargetSize(target, definitions.managedPolicies.length);
    const boundaries = new Map(
      definitions.managedPolicies.map((policy) => [policy.arn, defineBoundary(this, policy)]),
    );
    for (const definition of definitions.roles) {
      const role = defineTargetRole(this, definition);
      const boundary = boundaries.get(definition.boundaryArn ?? '');
      // Its ARN is written in the role, so CloudFormation cannot tell.
      if (boundary) role.addResourceDependency(boundary);
    }
    this.watchRole = defineRole(this, 'WatchRole', watchRole(service, account));
    if (retention.trail.kind === 'own') defineTrail(this, 'Trail', { service });
  }
}

/** The target's account. Throws where the catalogue has no such target. */
export function accountOf(target: string, { targets }: Pick<Catalogue, 'targets'>): string {
  const account = targets[target]?.account;
  if (account === undefined) throw new ConfigurationError([`The catalogue has no target ${target}.`]);
  return account;
}
