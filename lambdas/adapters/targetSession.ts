import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Decision } from '#domain/accessRequest.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import { type Instant, instantOf } from '#domain/instant.ts';
import { endSessionPolicy } from '#domain/sessionPolicy.ts';
import type { Terms } from '#domain/terms.ts';

/** STS credentials in the clear. They live in `issueSession` only, between STS and sealing. */
export interface ClearCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  stsExpiresAt: Instant;
}

export interface SessionOrder {
  terms: Terms;
  digest: string;
  decisions: readonly Decision[];
  endsAt: Instant;
  durationSeconds: number;
}

/** Assumes the target role for exactly what was approved, ending when the grant ends. Rejects with the STS error. */
export type AssumeTarget = (order: SessionOrder) => Promise<ClearCredentials>;

export const targetSessionWith =
  (sts: STSClient): AssumeTarget =>
  async ({ terms, digest, decisions, endsAt, durationSeconds }) => {
    const approvers = decisions
      .filter(({ decision }) => decision === 'approve')
      .map(({ approver }) => sourceIdentityOf(approver));
    const tags: [string, string | undefined][] = [
      ['cs:request', terms.id],
      ['cs:digest', digest],
      ['cs:ticket', terms.ticket],
      ...approvers.map((approver, index): [string, string] => [`cs:approver${index + 1}`, approver]),
    ];
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: terms.roleArn,
        RoleSessionName: terms.id,
        SourceIdentity: sourceIdentityOf(terms.requester),
        DurationSeconds: durationSeconds,
        Policy: endSessionPolicy(terms.sessionPolicy, endsAt),
        ...(terms.policyArns.length > 0 && { PolicyArns: terms.policyArns.map((arn) => ({ arn })) }),
        Tags: tags.flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }])),
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new Error('STS answered without credentials.');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      stsExpiresAt: instantOf(Expiration),
    };
  };
