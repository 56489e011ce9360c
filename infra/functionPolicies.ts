import type { Catalogue } from '../domain/catalogue.ts';
import { roleArnOf } from '../domain/entitlement.ts';
import type { PolicyDocument, Statement } from './definitions.ts';
import { runtimeStatements } from './functionRuntime.ts';
import { type FunctionName, functionNames } from './functions.ts';
import { type Installation, resourcesOf } from './installation.ts';
import { trailResourcesOf } from './trailResources.ts';

/**
 * What each function may do: docs/architecture.md, rule 2, as IAM. Every statement names its resources. Requests are
 * written by UpdateItem only, attribute by attribute: PutItem could replace a whole request, and IAM cannot demand a
 * condition.
 */
export function functionPolicies(
  installation: Installation,
  catalogue: Catalogue,
): Record<FunctionName, PolicyDocument> {
  const { keys } = installation;
  const resources = resourcesOf(installation);
  const table = tableStatements(resources.tableArn);
  const notarise = allow('Notarise', assumeActions, resources.notaryRoleArn);
  const start = allow('StartWorkflow', 'states:StartExecution', resources.stateMachineArn);
  // The resource is the state machine whose task the token belongs to.
  const wake = allow('WakeWorkflow', 'states:SendTaskSuccess', resources.stateMachineArn);
  const executions = useExecutionKey(installation);
  const generateMac = (key: string): Statement => allow('Seal', 'kms:GenerateMac', key);
  const sendMail = allow(
    'SendMail',
    'ses:SendEmail',
    [resources.identityArn, resources.configurationSetArn],
    {
      StringEquals: { 'ses:FromAddress': addressOf(installation.sender) },
    },
  );
  const announce = [sendMail, allow('PublishEvents', 'events:PutEvents', resources.eventBusArn)];

  const policies: Record<FunctionName, Statement[]> = {
    requests: [
      table.read('REQUEST', 'IDEMPOTENCY', 'BREAKGLASS'),
      table.readMany,
      table.list('ListRequests', 'byRequester', 'byStatus'),
      table.listApprover,
      table.write(
        'CreateAndEndRequests',
        ['REQUEST'],
        [...everyWriter, 'id', 'requesterKey', 'terms', 'requestSeal', 'window', 'closedAt', 'remindedAt'],
      ),
      table.write(
        'Claim',
        ['IDEMPOTENCY', 'BREAKGLASS'],
        ['pk', 'sk', 'requestId', 'bodyHash', 'claimedUntil', 'ttl'],
      ),
      generateMac(keys.requests),
      notarise,
      start,
      wake,
      executions,
    ],
    decisions: [
      table.read('REQUEST'),
      table.write('Decide', ['REQUEST'], [...everyWriter, 'decisions', 'window', 'closedAt', 'review']),
      generateMac(keys.decisions),
      notarise,
      wake,
      executions,
    ],
    credentials: [table.read('REQUEST')],
    authorizer: [],
    web: [],
    notifyApprovers: [
      table.read('REQUEST'),
      table.write('Invite', ['REQUEST'], [...everyWriter, 'invitations', 'closedAt', 'announced', 'noticed']),
      table.write('NameApprovers', ['APPROVER'], ['pk', 'sk']),
      generateMac(keys.approvalTokens),
      notarise,
      ...announce,
    ],
    issueSession: [
      table.read('REQUEST'),
      table.write(
        'Issue',
        ['REQUEST'],
        [...everyWriter, 'session', 'closedAt', 'reason', 'announced', 'noticed'],
      ),
      allow('VerifySeals', 'kms:VerifyMac', Object.values(keys)),
      notarise,
      allow('AssumeTargets', assumeActions, [...catalogue.entries.values()].map(roleArnOf)),
      ...announce,
    ],
    endGrant: [
      table.read('REQUEST', 'DENYLIST'),
      table.readMany,
      table.list('ListActive', 'byStatus'),
      table.write(
        'End',
        ['REQUEST'],
        [...everyWriter, 'session', 'closedAt', 'reason', 'announced', 'noticed', 'deniedUntil'],
      ),
      table.write('Deny', ['DENYLIST'], ['pk', 'sk', 'list', 'version']),
      notarise,
      // In every account: a target that has left the catalogue may still have sessions to deny. The role's trust pins it.
      allow('AssumeRevokers', assumeActions, 'arn:aws:iam::*:role/countersign-revoker'),
      wake,
      executions,
      ...announce,
    ],
    reconcile: [
      table.read('REQUEST'),
      table.list('ListDue', 'byDue'),
      table.write(
        'MoveOn',
        ['REQUEST'],
        ['pk', 'sk', 'history', 'version', 'dueAt', 'dueShard', 'announced', 'noticed', 'attempt'],
      ),
      notarise,
      start,
      wake,
      executions,
      ...announce,
    ],
    mailFeedback: [
      table.read('REQUEST'),
      table.write('NoteFailures', ['REQUEST'], ['pk', 'sk', 'version', 'dueAt', 'dueShard', 'invitations']),
      sendMail,
    ],
    reconcileTrail: [
      table.read('REQUEST'),
      allow(
        'ReadTrail',
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        trailResourcesOf(installation).queueArn,
      ),
    ],
  };
  const documents = functionNames.map((name) => {
    const needed = policies[name];
    const Statement = [...needed, ...runtimeStatements(installation, name, needed)];
    return [name, { Version: '2012-10-17', Statement }];
  });
  return Object.fromEntries(documents);
}

/** The key of the workflow's executions, as Step Functions uses it for whoever starts, wakes or runs one. */
export function useExecutionKey(installation: Installation): Statement {
  const { stateMachineArn } = resourcesOf(installation);
  return allow('UseExecutionKey', ['kms:Decrypt', 'kms:GenerateDataKey'], installation.dataKey, {
    StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': stateMachineArn },
  });
}

/** Attributes that every change moves along; seals and the hash chain answer for them. */
const everyWriter = ['pk', 'sk', 'status', 'history', 'version', 'dueAt', 'dueShard'];

const assumeActions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

function tableStatements(tableArn: string) {
  const itemsOf = (kinds: string[]) => ({
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map((kind) => `${kind}#*`) },
  });
  return {
    read: (...kinds: string[]) => allow('Read', 'dynamodb:GetItem', tableArn, itemsOf(kinds)),
    readMany: allow('ReadMany', 'dynamodb:BatchGetItem', tableArn, itemsOf(['REQUEST'])),
    list: (Sid: string, ...indexes: string[]) =>
      allow(
        Sid,
        'dynamodb:Query',
        indexes.map((index) => `${tableArn}/index/${index}`),
      ),
    listApprover: allow('ListForApprover', 'dynamodb:Query', tableArn, itemsOf(['APPROVER'])),
    write: (Sid: string, kinds: string[], attributes: string[]) =>
      allow(Sid, 'dynamodb:UpdateItem', tableArn, {
        ...itemsOf(kinds),
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
      }),
  };
}

function allow(
  Sid: string,
  Action: string | string[],
  Resource: string | string[],
  Condition?: Statement['Condition'],
): Statement {
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) };
}

const addressOf = (sender: string): string => /<([^>]+)>$/.exec(sender)?.[1] ?? sender;
