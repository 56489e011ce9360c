import { fieldsOf, isFields, textOf } from '../reader/fields.ts';
import type { KeptEvent } from '../reader/keptEvent.ts';
import type { Trail } from '../reader/trail.ts';
import { type CallRecords, callsOf } from './crossAccountCopies.ts';
import { expirationOf } from './expiration.ts';
import type { Issuance, Issuances } from './issuance.ts';
import { accessKeyOf, answerOf } from './issuedCredentials.ts';
import { refusedRoleOf } from './refusedRole.ts';
import { partsOfSession, sessionArnOf } from './sessionArn.ts';
import { isSignIn, signInOf } from './signIns.ts';

/**
 * Who got temporary credentials and who was refused. Records of a shape that nobody knows give an issuance with what can be read of
 * it: this never throws.
 */
export function issuancesOf({ kept }: Pick<Trail, 'kept'>): Issuances {
  const issuing = kept.filter(issuesCredentials);
  return {
    ok: callsOf(issuing.filter((event) => !isRefused(event))).map(issuanceOf),
    failed: callsOf(issuing.filter(isRefused)).map(([event, ...copies]) => ({
      event,
      copies,
      roleArn: [event, ...copies].map(refusedRoleOf).find((role) => role !== undefined),
    })),
    signIns: kept.filter(isSignIn).map(signInOf),
  };
}

/** STS's calls also where they returned nothing that the log shows; calls of other services where a key came back. */
const issuesCredentials = (event: KeptEvent): boolean =>
  (event.source === 'sts.amazonaws.com' && issuingCall.test(event.name)) ||
  (accessKeyOf(event) !== undefined && !isSignIn(event));

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html */
const issuingCall = /^(AssumeRo\w+|GetFederationToken|GetSessionToken|GetDelegatedAccessToken)$/;

const isRefused = ({ errorCode }: KeptEvent): boolean => errorCode !== undefined;

function issuanceOf([event, ...copies]: CallRecords): Issuance {
  const records = [event, ...copies];
  const request = records.map((record) => record.request).find(isFields) ?? {};
  const answer = records.map(answerOf).find(isFields) ?? {};
  const roleArn =
    textOf(request.roleArn) ??
    records.flatMap(({ resources }) => resources).find((arn) => arn.includes(':role/'));
  const sessionArn =
    textOf(fieldsOf(answer.assumedRoleUser)?.arn) ?? textOf(fieldsOf(answer.federatedUser)?.arn);
  const sessionName =
    textOf(request.roleSessionName) ??
    textOf(request.name) ??
    (sessionArn === undefined ? undefined : partsOfSession(sessionArn)?.sessionName);
  return {
    event,
    copies,
    roleArn,
    sessionName,
    sessionArn:
      sessionArn ??
      (roleArn === undefined || sessionName === undefined ? undefined : sessionArnOf(roleArn, sessionName)),
    accessKeyId: records.map(accessKeyOf).find((key) => key !== undefined),
    expiresAt: expirationOf(fieldsOf(answer.credentials)?.expiration),
    durationSeconds: secondsCountOf(request.durationSeconds),
    sourceIdentity:
      textOf(request.sourceIdentity) ?? textOf(answer.sourceIdentity) ?? event.caller.sourceIdentity,
    tags: tagsOf(request.tags),
    policy: typeof request.policy === 'string' ? request.policy : undefined,
    policyArns: arnsOf(request.policyArns),
  };
}

/** `900`, or `"900"` as some exports have it. */
const secondsCountOf = (value: unknown): number | undefined =>
  (typeof value === 'number' || typeof value === 'string') && /^[1-9]\d{0,6}$/.test(String(value))
    ? Number(value)
    : undefined;

/** A list of `{key, value}` as STS logs it, or a map. */
function tagsOf(value: unknown): Record<string, string> {
  const pairs = Array.isArray(value)
    ? value.map((item) => [fieldsOf(item)?.key, fieldsOf(item)?.value])
    : Object.entries(fieldsOf(value) ?? {});
  // `fromEntries` makes a key `__proto__` a key like any other.
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => pair.every((part) => typeof part === 'string')),
  );
}

/** A list of `{arn}`. */
const arnsOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.map((item) => textOf(item) ?? textOf(fieldsOf(item)?.arn)).filter((arn) => arn !== undefined)
    : [];
