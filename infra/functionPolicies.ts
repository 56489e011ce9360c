import type { Catalogue } from '../domain/catalogue.ts';
import { roleArnOf } from '../domain/entitlement.ts';
import type { PolicyDocument, Statement } from './definitions.ts';
import type { FunctionName } from './functions.ts';
import { type Installation, resourcesOf } from './installation.ts';

/**
 * What each function may do: DESIGN.md section 3, rule 2, as IAM. Every statement names its resources; where IAM takes only
 * `*`, the reason stands beside it.
 */
export function functionPolicies(
  installation: Installation,
  catalogue: Catalogue,
): Record<FunctionName, PolicyDocument> {
  const may = statementsFor(installation, catalogue);
  const policies: Record<FunctionName, Statement[]> = {
    requests: [
      may.readRequests,
      may.listRequests,
      may.readItems('CLAIM_READ', ['IDEMPOTENCY#*', 'BREAKGLASS#*']),
      may.writeRequest([
        'id',
        'requesterKey',
        'status',
        'terms',
        'digest',
        'decisions',
        'window',
        'closedAt',
        'session',
        'history',
        'requestSeal',
        'invitations',
        'announced',
        'attempt',
        'remindedAt',
      ]),
      may.writeItems(['IDEMPOTENCY#*', 'BREAKGLASS#*'], ['requestId', 'bodyHash', 'claimedUntil', 'ttl']),
      may.generateMac(installation.keys.requests),
      may.notarise,
      may.startWorkflow,
      may.wakeWorkflow,
    ],
    decisions: [
      may.readRequests,
      may.writeRequest(['status', 'decisions', 'window', 'closedAt', 'review', 'history']),
      may.generateMac(installation.keys.decisions),
      may.notarise,
      may.wakeWorkflow,
    ],
    credentials: [may.readRequests],
    authorizer: [],
    web: [],
    notifyApprovers: [
      may.readRequests,
      may.writeRequest(['status', 'closedAt', 'history', 'invitations', 'announced']),
      may.writeItems(['APPROVER#*'], []),
      may.generateMac(installation.keys.approvalTokens),
      may.notarise,
      ...may.announce,
    ],
    issueSession: [
      may.readRequests,
      may.writeRequest(['status', 'window', 'session', 'closedAt', 'reason', 'history', 'announced']),
      may.verifyMacs,
      may.notarise,
      may.assume('AssumeTargets', [...catalogue.entries.values()].map(roleArnOf)),
      ...may.announce,
    ],
    endGrant: [
      may.readRequests,
      may.listRequests,
      may.readItems('DENYLIST_READ', ['DENYLIST#*']),
      may.writeRequest(['status', 'session', 'closedAt', 'reason', 'history', 'announced', 'deniedUntil']),
      may.writeItems(['DENYLIST#*'], ['list', 'version']),
      may.notarise,
      may.assume('AssumeRevokers', revokers(catalogue)),
      may.wakeWorkflow,
      ...may.announce,
    ],
    reconcile: [
      may.readRequests,
      may.listRequests,
      may.writeRequest(['history', 'announced', 'attempt']),
      may.notarise,
      may.startWorkflow,
      may.wakeWorkflow,
      ...may.announce,
    ],
    mailFeedback: [may.readRequests, may.writeRequest(['invitations']), may.sendMail],
  };
  const entries = Object.entries(policies).map(([name, Statement]) => [
    name,
    { Version: '2012-10-17', Statement },
  ]);
  return Object.fromEntries(entries);
}

const revokers = (catalogue: Catalogue): string[] => [
  ...new Set(
    [...catalogue.entries.values()].map(
      ({ account }) => `arn:aws:iam::${account.id}:role/countersign-revoker`,
    ),
  ),
];

/** Attributes that every writer of a request moves along. */
const everyWriter = ['pk', 'sk', 'version', 'dueAt', 'dueShard'];

function statementsFor(installation: Installation, _catalogue: Catalogue) {
  const resources = resourcesOf(installation);
  const { tableArn } = resources;
  const allow = (
    Sid: string,
    Action: string[],
    Resource: string | string[],
    Condition?: Statement['Condition'],
  ): Statement => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
    ...(Condition && { Condition }),
  });
  const leading = (keys: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });
  const write = (Sid: string, keys: string[], attributes: string[]): Statement =>
    // UpdateItem only: PutItem could replace a whole request, and IAM cannot demand a condition.
    allow(Sid, ['dynamodb:UpdateItem'], tableArn, {
      ...leading(keys),
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
    });
  return {
    readRequests: allow(
      'ReadRequests',
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem'],
      tableArn,
      leading(['REQUEST#*']),
    ),
    listRequests: allow('ListRequests', ['dynamodb:Query'], [tableArn, `${tableArn}/index/*`]),
    readItems: (Sid: string, keys: string[]) =>
      allow(Sid.replace('_', ''), ['dynamodb:GetItem'], tableArn, leading(keys)),
    writeRequest: (attributes: string[]) =>
      write('WriteRequests', ['REQUEST#*'], [...everyWriter, ...attributes]),
    writeItems: (keys: string[], attributes: string[]) =>
      write('WriteItems', keys, ['pk', 'sk', ...attributes]),
    generateMac: (key: string) => allow('Seal', ['kms:GenerateMac'], key),
    verifyMacs: allow('VerifySeals', ['kms:VerifyMac'], Object.values(installation.keys)),
    notarise: allow('Notarise', assumeActions, resources.notaryRoleArn),
    assume: (Sid: string, roles: string[]) => allow(Sid, assumeActions, roles),
    startWorkflow: allow('StartWorkflow', ['states:StartExecution'], resources.stateMachineArn),
    // The resource is the state machine whose task the token belongs to.
    wakeWorkflow: allow('WakeWorkflow', ['states:SendTaskSuccess'], resources.stateMachineArn),
    sendMail: allow('SendMail', ['ses:SendEmail'], [resources.identityArn, resources.configurationSetArn], {
      StringEquals: { 'ses:FromAddress': addressOf(installation.sender) },
    }),
    get announce(): Statement[] {
      return [this.sendMail, allow('PublishEvents', ['events:PutEvents'], resources.eventBusArn)];
    },
  };
}

const assumeActions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

const addressOf = (sender: string): string => /<([^>]+)>$/.exec(sender)?.[1] ?? sender;
