import { type Setting, variableOf } from '../lambdas/runtime/config.ts';
import type { FunctionName } from './functions.ts';
import { type Installation, resourcesOf } from './installation.ts';

/** Which settings each function reads; it gets no others. */
const settingsOf: Record<FunctionName, Setting[]> = {
  requests: ['tableName', 'issuers', 'requestKey', 'notaryRole', 'stateMachine'],
  decisions: ['tableName', 'issuers', 'decisionKey', 'notaryRole', 'stateMachine'],
  credentials: ['tableName', 'issuers'],
  authorizer: ['issuers'],
  web: ['webClient', 'webRoot'],
  notifyApprovers: [
    'tableName',
    'tokenKey',
    'notaryRole',
    'sender',
    'configurationSet',
    'eventBus',
    'baseUrl',
  ],
  issueSession: [
    'tableName',
    'requestKey',
    'tokenKey',
    'decisionKey',
    'notaryRole',
    'sender',
    'configurationSet',
    'eventBus',
    'baseUrl',
  ],
  endGrant: ['tableName', 'notaryRole', 'stateMachine', 'sender', 'configurationSet', 'eventBus', 'baseUrl'],
  reconcile: ['tableName', 'notaryRole', 'stateMachine', 'sender', 'configurationSet', 'eventBus', 'baseUrl'],
  mailFeedback: ['tableName', 'sender', 'configurationSet', 'baseUrl'],
  reconcileTrail: ['tableName'],
};

/** Where the pages lie beside the `web` function once Lambda has unpacked it. */
const unpackedWebRoot = '/var/task/web';

/** The environment variables of a function. */
export function functionEnvironment(
  name: FunctionName,
  installation: Installation,
  webRoot = unpackedWebRoot,
): Record<string, string> {
  const { table, stateMachineArn, notaryRoleArn, configurationSet, eventBus } = resourcesOf(installation);
  const values: Record<Setting, string> = {
    tableName: table,
    baseUrl: installation.baseUrl,
    issuers: JSON.stringify(installation.issuers),
    requestKey: installation.keys.requests,
    tokenKey: installation.keys.approvalTokens,
    decisionKey: installation.keys.decisions,
    stateMachine: stateMachineArn,
    notaryRole: notaryRoleArn,
    sender: installation.sender,
    configurationSet,
    eventBus,
    webClient: JSON.stringify(installation.webClient),
    webRoot,
  };
  return Object.fromEntries(settingsOf[name].map((setting) => [variableOf(setting), values[setting]]));
}
