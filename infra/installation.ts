import type { Issuer, WebClient } from '../lambdas/runtime/config.ts';
import type { Settings } from './configuration/settings.ts';

/** What differs from one installation of Countersign to another. */
export interface Installation {
  account: string;
  region: string;
  /** Where people and tools reach the API and the pages, without a slash at the end. */
  baseUrl: string;
  /** From whom the mails come: an address of the SES identity. */
  sender: string;
  issuers: Issuer[];
  /** The OIDC client of the web pages, and that of the command. */
  webClient: WebClient;
  /** ARNs of the three HMAC keys; KMS gives them their ids. */
  keys: { requests: string; approvalTokens: string; decisions: string };
  /** ARN of the key that encrypts what is stored. */
  dataKey: string;
}

/** An installation by its settings. What exists only once it is deployed comes beside them, as CDK tokens. */
export function installationOf(
  settings: Settings,
  deployed: Pick<Installation, 'baseUrl' | 'keys' | 'dataKey'>,
): Installation {
  const { issuers, page, commandLine } = settings.signIn;
  const webClient = { ...page, ...(commandLine && { commandLine }) };
  return { ...placeOf(settings), issuers, webClient, ...deployed };
}

/** What is known of an installation before anything of it is deployed, and enough to name all that has a name. */
export type Place = Pick<Installation, 'account' | 'region' | 'sender'> & {
  /** Who deploys it, as patterns of role ARNs, where settings say so. */
  deployRoles?: string[];
};

export const placeOf = ({ service, mail, deployRoles }: Settings): Place => ({
  ...service,
  sender: mail.sender,
  deployRoles,
});

/** Everything that is named rather than generated, so that policies can be written before it exists. */
export function resourcesOf({ account, region, sender }: Place) {
  const arn = (service: string, resource: string): string =>
    `arn:aws:${service}:${region}:${account}:${resource}`;
  /** Of the sender's address, which can stand as `Name <address>`: the SES identity. */
  const mailDomain = sender.replace(/^.*@|>$/g, '');
  return {
    mailDomain,
    table: 'countersign',
    tableArn: arn('dynamodb', 'table/countersign'),
    stateMachine: 'countersign-grant',
    stateMachineArn: arn('states', 'stateMachine:countersign-grant'),
    dataKeyAlias: 'alias/countersign-data',
    eventBus: 'countersign',
    eventBusArn: arn('events', 'event-bus/countersign'),
    alarmTopic: 'countersign-alarms',
    alarmTopicArn: arn('sns', 'countersign-alarms'),
    configurationSet: 'countersign',
    configurationSetArn: arn('ses', 'configuration-set/countersign'),
    identityArn: arn('ses', `identity/${mailDomain}`),
    notaryRoleArn: `arn:aws:iam::${account}:role/countersign-notary`,
    workflowRoleArn: `arn:aws:iam::${account}:role/countersign-workflow`,
    logGroupArn: (name: string): string => arn('logs', `log-group:${logGroupName(name)}`),
    functionArn: (name: string): string => arn('lambda', `function:${functionResourceName(name)}`),
    functionRoleArn: (name: string): string => `arn:aws:iam::${account}:role/${functionResourceName(name)}`,
  };
}

/** `issueSession` → `countersign-issue-session`: name of the function and of its role. */
export const functionResourceName = (name: string): string =>
  `countersign-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Where a function writes its logs. */
export const logGroupName = (name: string): string => `/aws/lambda/${functionResourceName(name)}`;

/** The names of resources, as `resourcesOf` answers them. */
export type Resources = ReturnType<typeof resourcesOf>;
