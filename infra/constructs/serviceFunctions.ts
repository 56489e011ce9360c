import { Construct } from 'constructs';
import type { RoleDefinition } from '../definitions.ts';
import { functionEnvironment } from '../functionEnvironment.ts';
import { type FunctionName, serviceFunctionNames } from '../functions.ts';
import { functionResourceName, type Installation } from '../installation.ts';
import { routes } from '../routes.ts';
import { ServiceFunction } from './serviceFunction.ts';

export interface ServiceFunctionsProps {
  installation: Installation;
  roles: (name: string) => RoleDefinition;
  code: Record<FunctionName, string>;
  logRetentionDays: number;
}

/** Every function but `reconcileTrail`, which belongs to the trail. */
export class ServiceFunctions extends Construct {
  private readonly functions: ReadonlyMap<FunctionName, ServiceFunction>;

  constructor(scope: Construct, id: string, props: ServiceFunctionsProps) {
    super(scope, id);
    const { installation, roles, code, logRetentionDays } = props;
    const define = (name: FunctionName): ServiceFunction =>
      new ServiceFunction(this, {
        name,
        code: code[name],
        role: roles(functionResourceName(name)),
        environment: functionEnvironment(name, installation),
        logRetentionDays,
        dataKeyArn: installation.dataKey,
      });
    this.functions = new Map(serviceFunctionNames.map((name) => [name, define(name)]));
  }

  named(name: FunctionName): ServiceFunction {
    const found = this.functions.get(name);
    if (!found) throw new RangeError(`${name} is no function of this stack.`);
    return found;
  }

  /** What API Gateway calls: the functions behind its routes, and the authorizer. */
  behindApi(): ServiceFunction[] {
    const names = new Set<FunctionName>([...routes.map((route) => route.function), 'authorizer']);
    return Array.from(names, (name) => this.named(name));
  }
}
