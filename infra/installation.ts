import type { Issuer } from '../lambdas/runtime/config.ts';
import type { Settings } from './settings.ts';

/** What differs from one installation of Countersign to another. */
export interface Installation {
  account: string;
  region: string;
  /** Where people and tools reach the API and the pages, without a slash at the end. */
  baseUrl: string;
  /** From whom the mails come: an address of the SES identity. */
  sender: string;
  issuers: Issuer[];
  /** The OIDC client of the web pages. */
  webClient: { issuer: string; clientId: string; resource: string };
  /** ARNs of the three HMAC keys; KMS gives them their ids. */
  keys: { requests: string; approvalTokens: string; decisions: string };
}

/** An installation by its settings. What exists only once it is deployed comes beside them, as CDK tokens. */
export function installationOf(
  { service, mail, signIn }: Settings,
  deployed: Pick<Installation, 'baseUrl' | 'keys'>,
): Installation {
  return { ...service, sender: mail.sender, issuers: signIn.issuers, webClient: signIn.page, ...deployed };
}

/** Everything that is named rather than generated, so that policies can be written before it exists. */
export function resourcesOf({
  account,
  region,
  sender,
}: Pick<Installation, 'account' | 'region' | 'sender'>) {
  const arn = (service: string, resource: string): string =>
    `arn:aws:${service}:${region}:${account}:${resource}`;
  return {
    table: 'countersign',
    tableArn: arn('dynamodb', 'table/countersign'),
    stateMachineArn: arn('states', 'stateMachine:countersign-grant'),
    eventBus: 'countersign',
    eventBusArn: arn('events', 'event-bus/countersign'),
    configurationSet: 'countersign',
    configurationSetArn: arn('ses', 'configuration-set/countersign'),
    identityArn: arn('ses', `identity/${sender.replace(/^.*@|>$/g, '')}`),
    notaryRoleArn: `arn:aws:iam::${account}:role/countersign-notary`,
    workflowRoleArn: `arn:aws:iam::${account}:role/countersign-workflow`,
    functionArn: (name: string): string => arn('lambda', `function:${functionResourceName(name)}`),
    functionRoleArn: (name: string): string => `arn:aws:iam::${account}:role/${functionResourceName(name)}`,
  };
}

/** `issueSession` → `countersign-issue-session`: name of the function and of its role. */
export const functionResourceName = (name: string): string =>
  `countersign-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
