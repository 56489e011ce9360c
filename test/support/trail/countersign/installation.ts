import type { Catalogue } from '#domain/catalogue.ts';
import { addSeconds, type Instant, instantOf, millisecondsOf } from '#domain/instant.ts';
import type { FunctionName } from '#infra/functions.ts';
import { callRecord, type Over, type RoleSession } from '../../../review/records.ts';
import { serviceCaller } from '../background/apiRecord.ts';
import { awsService, sessionOf } from '../background/identities.ts';
import { assumption } from '../background/issuingCalls.ts';
import type { Random } from '../random.ts';
import type { TrailRecord } from '../trailRecord.ts';
import type { EarlyEnd } from './boundary.ts';
import type { Story } from './story.ts';

/** Countersign in one service account, with all that it ever wrote into the trail. */
export interface Installation {
  account: string;
  region: string;
  catalogue: Catalogue;
  random: Random;
  stories: Story[];
  /** Beside those of the stories: its functions at work. */
  records: TrailRecord[];
  /** For the boundary policies, which one function writes after the other. */
  earlyEnds: EarlyEnd[];
  /** Sessions of its functions by name and beginning. */
  running: Map<string, RoleSession>;
}

export const anInstallation = (
  random: Random,
  place: Pick<Installation, 'account' | 'region' | 'catalogue'>,
): Installation => ({ ...place, random, stories: [], records: [], earlyEnds: [], running: new Map() });

/** Lambda keeps a function's session for some hours; then it starts another. */
const sessionHours = 6;

/** The session that a function works in at a time. The first use writes the record of Lambda assuming its role. */
export function functionAt(installation: Installation, name: FunctionName, at: Instant): RoleSession {
  const slot = sessionHours * 3_600_000;
  const createdAt = instantOf(new Date(Math.floor((millisecondsOf(at) - 60_000) / slot) * slot));
  const known = installation.running.get(`${name} ${createdAt}`);
  if (known) return known;
  const { session, record } = startedWork(installation, {
    service: 'lambda.amazonaws.com',
    role: deployedName(name),
    sessionName: deployedName(name),
    at: createdAt,
  });
  installation.running.set(`${name} ${createdAt}`, session);
  installation.records.push(record);
  return session;
}

/** An AWS service that assumes a role of the installation to work under it. */
export function startedWork(
  { account, region, random }: Installation,
  { service, role, sessionName, at }: { service: string; role: string; sessionName: string; at: Instant },
): { session: RoleSession; record: TrailRecord } {
  const roleArn = `arn:aws:iam::${account}:role/${role}`;
  const made = sessionOf(random, { roleArn, name: sessionName, at });
  const record = assumption(random, serviceCaller(awsService(service), { account, region }, service), {
    at,
    session: made,
    duration: 43_200,
    withoutUser: true,
    fields: { sharedEventID: random.uuid() },
  });
  return { session: { roleArn, sessionName, accessKeyId: made.accessKeyId, createdAt: at }, record };
}

/** A call that a function makes to do its work. */
export function functionCalls(
  installation: Installation,
  name: FunctionName,
  { at, source, call, fields }: { at: Instant; source: string; call: string; fields?: Over },
): void {
  const session = functionAt(installation, name, at);
  installation.records.push(
    callRecord(
      { at, session },
      {
        eventSource: source,
        eventName: call,
        awsRegion: installation.region,
        eventID: installation.random.uuid(),
        readOnly: false,
        resources: undefined,
        sourceIPAddress: '10.0.12.34',
        ...fields,
      },
    ),
  );
}

/** Reading and writing the table, sealing, mailing: what stands around a change of a request. */
export function workAround(
  installation: Installation,
  name: FunctionName,
  at: Instant,
  requestId: string,
): void {
  const { account, region } = installation;
  const table = {
    requestParameters: { tableName: 'countersign', key: { pk: `REQUEST#${requestId}`, sk: 'REQUEST' } },
    resources: [
      {
        accountId: account,
        type: 'AWS::DynamoDB::Table',
        ARN: `arn:aws:dynamodb:${region}:${account}:table/countersign`,
      },
    ],
  };
  const work: { source: string; call: string; fields: Over }[] = [
    { source: 'dynamodb.amazonaws.com', call: 'GetItem', fields: { ...table, readOnly: true } },
    { source: 'dynamodb.amazonaws.com', call: 'UpdateItem', fields: table },
    ...(extraWork[name]?.({ account, region, requestId }) ?? []),
  ];
  for (const { source, call, fields } of work)
    functionCalls(installation, name, { at, source, call, fields });
}

type Extra = (place: {
  account: string;
  region: string;
  requestId: string;
}) => { source: string; call: string; fields: Over }[];

const management: Over = { managementEvent: true, eventCategory: 'Management' };

const extraWork: Partial<Record<FunctionName, Extra>> = {
  requests: ({ account, region, requestId }) => [
    {
      source: 'states.amazonaws.com',
      call: 'StartExecution',
      fields: {
        ...management,
        requestParameters: {
          stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:countersign-grant`,
          name: `${requestId}-1`,
          input: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        },
      },
    },
  ],
  notifyApprovers: () => [
    {
      source: 'ses.amazonaws.com',
      call: 'SendEmail',
      fields: {
        requestParameters: {
          fromEmailAddress: 'Countersign <countersign@example.com>',
          destination: 'HIDDEN_DUE_TO_SECURITY_REASONS',
          content: 'HIDDEN_DUE_TO_SECURITY_REASONS',
          configurationSetName: 'countersign',
        },
      },
    },
  ],
  issueSession: ({ account, region }) => [
    {
      source: 'kms.amazonaws.com',
      call: 'VerifyMac',
      fields: {
        ...management,
        readOnly: true,
        requestParameters: { keyId: 'alias/countersign-requests', macAlgorithm: 'HMAC_SHA_256' },
        resources: [
          {
            accountId: account,
            type: 'AWS::KMS::Key',
            ARN: `arn:aws:kms:${region}:${account}:key/7f2d1c40-0f0b-4d7e-9c0e-5a2c3b4d5e6f`,
          },
        ],
      },
    },
  ],
  decisions: () => [
    {
      source: 'states.amazonaws.com',
      call: 'SendTaskSuccess',
      fields: {
        ...management,
        requestParameters: {
          taskToken: 'HIDDEN_DUE_TO_SECURITY_REASONS',
          output: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        },
      },
    },
  ],
};

const deployedName = (name: FunctionName): string =>
  `countersign-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** A second or two later: nothing in AWS happens at once. */
export const shortlyAfter = ({ random }: Installation, at: Instant): Instant =>
  addSeconds(at, random.whole(0, 2));
