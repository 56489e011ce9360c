import type { PolicyDocument } from '../infra/definitions.ts';
import type { AwsCli } from './awsCli.ts';
import type { Clients, SessionCredentials } from './clients.ts';
import type { Removals } from './removals.ts';

/** A role for the time of a run. */
export interface TemporaryRole {
  name: string;
  trust: PolicyDocument;
  policy: PolicyDocument;
  /** ARN of the permissions boundary. */
  boundary?: string;
}

/** What a check has to work with. */
export interface TestAccount {
  account: string;
  region: string;
  /** Under the caller's own credentials. */
  clients: Clients;
  clientsAs(credentials: SessionCredentials, region?: string): Clients;
  /** The AWS CLI, for services whose SDK client is not among the dependencies. */
  cli: AwsCli;
  /** The full name of something that this run makes: `countersign-verify-…`. */
  nameOf(name: string): string;
  /** Both answer the ARN, and remove at the end what they made. */
  makeRole(role: TemporaryRole): Promise<string>;
  makePolicy(name: string, document: string): Promise<string>;
  removals: Removals;
  /** Milliseconds since the epoch by AWS's clock, to about a tenth of a second. */
  now(): number;
  /** Rejects when the run is interrupted. */
  pause(milliseconds: number): Promise<void>;
}

export const policyOf = (...Statement: PolicyDocument['Statement']): PolicyDocument => ({
  Version: '2012-10-17',
  Statement,
});

const sessionActions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

/** Whoever in the account has the right to. */
export const trustOfAccount = ({ account }: Pick<TestAccount, 'account'>): PolicyDocument =>
  policyOf({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: sessionActions });

/** The right to become a role. */
export const mayAssume = (roleArn: string): PolicyDocument =>
  policyOf({ Effect: 'Allow', Action: sessionActions, Resource: roleArn });

/** A right that shows by one cheap call whether a session still works. */
export const mayListTables: PolicyDocument = policyOf({
  Effect: 'Allow',
  Action: 'dynamodb:ListTables',
  Resource: '*',
});
