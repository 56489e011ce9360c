import { SendTaskSuccessCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { StoredRequest } from '../../lambdas/adapters/requestItem.ts';
import { inboxMessage } from '../../local/inboxMessage.ts';
import { type Answer, anOrdersRequest, eventually, type Service } from '../support/service.ts';
import { type RequestTable, serviceAccount } from '../support/table.ts';
import { type Clients, clientsOf } from './roleClients.ts';

export const stateMachineArn = `arn:aws:states:us-east-1:${serviceAccount}:stateMachine:countersign-grant`;

/** A UTC instant so many seconds from the service's now, as the API takes it. */
export const secondsFromNow = (seconds: number): string =>
  `${new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19)}Z`;

/** The approval token in somebody's mail. Read in place: of hundreds of mails the inbox page is too long to ask for often. */
export const mailedToken = (service: Service, user: string, id: string): Promise<string> =>
  eventually(`a mail to ${user}`, async () => {
    const invitation = service.server.aws
      .inbox()
      .findLast(({ to, tags }) => to.includes(`${user}@example.com`) && tags['countersign-request'] === id);
    return invitation && inboxMessage(invitation).approvalToken;
  });

/** Somebody countersigns with the token of their own mail. */
export async function approve(
  service: Service,
  user: string,
  id: string,
  body: Record<string, unknown> = {},
): Promise<Answer> {
  const token = await mailedToken(service, user, id);
  return service.as(user).post(`/v1/requests/${id}/decision`, { decision: 'approve', token, ...body });
}

/** A request whose workflow sleeps until somebody decides. */
export async function aPendingRequest(
  service: Service,
  table: RequestTable,
  overrides: Record<string, unknown> = {},
  user = 'alice',
): Promise<StoredRequest & { id: string }> {
  const { id, answer } = await anOrdersRequest(service, overrides, user);
  if (answer.status !== 201) throw new Error(`Not made: ${JSON.stringify(answer.body)}`);
  return { ...(await table.asleep(id)), id };
}

/** A request that its approvers let pass, to start in an hour, its workflow asleep until then. */
export async function aScheduledGrant(
  service: Service,
  table: RequestTable,
  {
    approvers = ['bob'],
    decision = {},
    ...overrides
  }: Record<string, unknown> & {
    approvers?: string[];
    decision?: Record<string, unknown>;
    user?: string;
  } = {},
): Promise<StoredRequest & { id: string }> {
  const { user, ...body } = overrides;
  const pending = await aPendingRequest(service, table, { startAt: secondsFromNow(3_600), ...body }, user);
  for (const approver of approvers) {
    const decided = await approve(service, approver, pending.id, decision);
    if (decided.status !== 200) throw new Error(`Not approved: ${JSON.stringify(decided.body)}`);
  }
  return { ...(await table.asleep(pending.id, pending.upkeep.taskToken)), id: pending.id };
}

/** Answers a wait of the workflow with whatever the caller likes, as `requests` could. */
export const wakeWith = (
  { sfn }: Clients,
  taskToken: string | undefined,
  output: unknown,
): Promise<unknown> => sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));

export const startExecution = ({ sfn }: Clients, id: string, attempt: number): Promise<unknown> =>
  sfn.send(
    new StartExecutionCommand({
      stateMachineArn,
      name: `${id}-${attempt}`,
      input: JSON.stringify({ requestId: id }),
    }),
  );

/** Loses the execution of a request: it is told that all is over, and takes the word of whoever woke it. */
export async function loseExecution(service: Service, { upkeep }: StoredRequest): Promise<void> {
  const runs = (): number => service.server.host.counts().endGrant?.invocations ?? 0;
  const before = runs();
  await wakeWith(await clientsOf(service, 'requests'), upkeep.taskToken, { next: 'end' });
  await eventually('the execution to end', async () => runs() > before);
}

/** The request as an auditor reads it. */
const auditedRequest = async (service: Service, id: string): Promise<Answer['body']> =>
  (await service.as('trent').get(`/v1/requests/${id}`)).body;

/** The request once it has a status, as an auditor reads it: whoever the record says asked for it. */
export const untilAudited = (
  service: Service,
  id: string,
  status: string,
  name = `request ${id}`,
): Promise<Answer['body']> =>
  eventually(`${name} to be ${status}`, async () => {
    const body = await auditedRequest(service, id);
    return body.status === status && body;
  });

/** The last link of the chain is in place and put on record: nothing more will happen. */
export const untilClosed = (service: Service, id: string): Promise<Answer['body']> =>
  eventually(`request ${id} to be settled`, async () => {
    const body = await auditedRequest(service, id);
    const attested = body.history?.every(({ notary }: { notary?: string }) => notary !== undefined);
    return attested && body.history.at(-1).event === 'closed' && body;
  });
