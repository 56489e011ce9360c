import type { Catalogue } from '../domain/catalogue.ts';
import type {
  MacKeyDefinition,
  ManagedPolicyDefinition,
  RoleDefinition,
  TableDefinition,
} from '../infra/definitions.ts';
import { functionEnvironment } from '../infra/functionEnvironment.ts';
import { type FunctionName, functionNames, functions } from '../infra/functions.ts';
import { grantWorkflowNames, grantWorkflowText } from '../infra/grantWorkflow.ts';
import { functionResourceName, type Installation, resourcesOf } from '../infra/installation.ts';
import { macKeys } from '../infra/macKeys.ts';
import { requestTable } from '../infra/requestTable.ts';
import { serviceRoles } from '../infra/serviceRoles.ts';
import { targetDefinitions } from '../infra/targetRoles.ts';
import { catalogueVariable } from '../lambdas/runtime/config.ts';
import { apiResource, commandLineClient } from './oidcConfiguration.ts';

/** Tokens are for this audience. */
export const audience = 'countersign';

export const userIssuerOf = (baseUrl: string): string => `${baseUrl}/_local/oidc`;
export const machineIssuerOf = (baseUrl: string): string => `${baseUrl}/_local/machines`;

const account = '999988887777';
const region = 'us-east-1';

/** This machine as an installation of Countersign: what is deployed, under the local server's addresses. */
export function localInstallation(baseUrl: string, catalogue: Pick<Catalogue, 'machines'>): Installation {
  const key = (id: string): string => `arn:aws:kms:${region}:${account}:key/${id}`;
  const users = userIssuerOf(baseUrl);
  const machines = machineIssuerOf(baseUrl);
  const machineIssuers = new Set([
    machines,
    ...Object.values(catalogue.machines).map(({ issuer }) => issuer),
  ]);
  return {
    account,
    region,
    baseUrl,
    sender: 'Countersign <countersign@example.com>',
    issuers: [
      { issuer: users, jwksUri: `${users}/jwks`, audience, kind: 'human', groupsClaim: true },
      ...Array.from(machineIssuers, (issuer) => {
        // The issuers that the catalogue names are played by the local one, with its keys.
        return {
          issuer,
          jwksUri: `${machines}/jwks`,
          audience,
          kind: 'machine',
          groupsClaim: false,
        } as const;
      }),
    ],
    webClient: {
      issuer: users,
      clientId: 'countersign-web',
      scope: 'openid email',
      parameters: { resource: apiResource },
      bearer: 'access_token',
      origins: [],
      commandLine: {
        issuer: users,
        clientId: commandLineClient,
        scope: 'openid email offline_access',
        parameters: { resource: apiResource },
        bearer: 'access_token',
      },
    },
    keys: {
      requests: key('5c7c9a52-0d8e-4f0b-9d0c-6f1d3b8a2e01'),
      approvalTokens: key('5c7c9a52-0d8e-4f0b-9d0c-6f1d3b8a2e02'),
      decisions: key('5c7c9a52-0d8e-4f0b-9d0c-6f1d3b8a2e03'),
    },
    dataKey: key('5c7c9a52-0d8e-4f0b-9d0c-6f1d3b8a2e04'),
  };
}

/** What the AWS endpoint enforces: the deployment's own definitions. */
export interface AwsWiring {
  roles: RoleDefinition[];
  managedPolicies: ManagedPolicyDefinition[];
  keys: MacKeyDefinition[];
  tables: { account: string; table: TableDefinition }[];
  /** The workflow file, parsed, its substitutions made. */
  workflowDefinition: unknown;
}

export function awsWiring(installation: Installation, catalogue: Catalogue): AwsWiring {
  const targetAccounts = new Set(Object.values(catalogue.targets).map((target) => target.account));
  const targets = Array.from(targetAccounts, (target) => targetDefinitions(installation, catalogue, target));
  return {
    roles: [...serviceRoles(installation, catalogue), ...targets.flatMap(({ roles }) => roles)],
    managedPolicies: targets.flatMap(({ managedPolicies }) => managedPolicies),
    keys: macKeys(installation),
    tables: [{ account: installation.account, table: requestTable }],
    workflowDefinition: workflowDefinition(installation),
  };
}

function workflowDefinition(installation: Installation): unknown {
  const text = Object.entries(grantWorkflowNames(resourcesOf(installation))).reduce(
    (definition, [name, value]) => definition.replaceAll(`\${${name}}`, value),
    grantWorkflowText,
  );
  return JSON.parse(text);
}

/** One function as it is deployed. */
export interface FunctionWiring {
  /** Name and ARN on AWS: `countersign-issue-session`. */
  resourceName: string;
  arn: string;
  roleArn: string;
  environment: Record<string, string>;
  timeoutSeconds: number;
}

export function functionWiring(
  name: FunctionName,
  installation: Installation,
  files: { webRoot: string; catalogueFile: string },
): FunctionWiring {
  const { functionArn, functionRoleArn } = resourcesOf(installation);
  return {
    resourceName: functionResourceName(name),
    arn: functionArn(name),
    roleArn: functionRoleArn(name),
    environment: {
      ...functionEnvironment(name, installation, files.webRoot),
      // Bundles are shared between servers here, so the catalogue does not lie beside them.
      [catalogueVariable]: files.catalogueFile,
    },
    timeoutSeconds: functions[name].timeoutSeconds,
  };
}

/** The function that an ARN names. */
export function functionNameOf(installation: Installation, arn: string): FunctionName {
  const { functionArn } = resourcesOf(installation);
  const name = functionNames.find((candidate) => functionArn(candidate) === arn);
  if (name === undefined) throw new TypeError(`No function has the ARN ${arn}.`);
  return name;
}
