import type { Entitlement, PolicyStatement } from './entitlement.ts';
import type { Instant } from './instant.ts';
import { wholeMatch } from './wholeMatch.ts';

/** STS: characters of inline session policy, white space included (STS API reference: AssumeRole, `Policy`). */
export const maximumPolicySize = 2_048;

/** Stands for the grant's end until it is known: the same length, so the size can be checked when the request is made. */
const openEnd: Instant = '9999-12-31T23:59:59Z';

interface SessionStatement extends Omit<PolicyStatement, 'Resource'> {
  Resource?: string | string[] | undefined;
  NotResource?: string | string[] | undefined;
}

interface SessionPolicy {
  Version: '2012-10-17';
  Statement: SessionStatement[];
}

export interface SessionPolicyInput {
  entitlement: Entitlement;
  parameters: Record<string, string>;
  /** When set, everything is denied before it. */
  startAt?: Instant | undefined;
  /** When the entitlement binds the session to it, everything is denied from elsewhere. */
  sourceIp?: string | undefined;
}

/**
 * The exact policy text of every session of a grant, its end still open. It repeats what the entitlement allows (a role
 * widened later does not widen a grant), then takes away by explicit Deny: an implicit deny would not reach what a
 * resource policy grants to the session. Throws when the entitlement binds to an address and none is given.
 */
export function sessionPolicy({ entitlement, parameters, startAt, sourceIp }: SessionPolicyInput): string {
  if (entitlement.bindSourceIp && !sourceIp)
    throw new RangeError('The address to bind the session to is not known.');
  const everything = { Action: '*', Resource: '*' };
  const policy: SessionPolicy = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'End',
        Effect: 'Deny',
        ...everything,
        Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': openEnd } },
      },
      ...(startAt
        ? [deny({ ...everything, Condition: { DateLessThan: { 'aws:CurrentTime': startAt } } })]
        : []),
      ...(entitlement.allowChaining ? [] : [deny({ Action: chainingActions, Resource: '*' })]),
      ...(entitlement.bindSourceIp && sourceIp
        ? [
            deny({
              ...everything,
              // Calls that AWS services make on the session's behalf come from their own addresses.
              Condition: {
                NotIpAddress: { 'aws:SourceIp': sourceIp },
                Bool: { 'aws:ViaAWSService': 'false' },
              },
            }),
          ]
        : []),
      ...narrowing(entitlement, parameters),
      ...entitlement.policy
        .filter(({ Effect }) => Effect === 'Allow')
        .map(({ Sid: _, ...statement }): SessionStatement => statement),
    ],
  };
  return JSON.stringify(policy);
}

/** What would let a session get credentials that outlive the grant. */
const chainingActions = [
  'sts:AssumeRole',
  'sts:GetWebIdentityToken',
  'sts:GetFederationToken',
  'sts:AssumeRoot',
];

/** The policy text with its end written in. Throws when the text is not one that `sessionPolicy` made. */
export function endSessionPolicy(openPolicy: string, endsAt: Instant): string {
  const beginning = `{"Version":"2012-10-17","Statement":[{"Sid":"End","Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateGreaterThanEquals":{"aws:CurrentTime":"`;
  if (!openPolicy.startsWith(`${beginning}${openEnd}"`))
    throw new RangeError('The session policy has no open end.');
  return beginning + endsAt + openPolicy.slice(beginning.length + openEnd.length);
}

/** Characters of the longest policy the entitlement can need: the longest parameter values, a start, a long address. */
export function longestSessionPolicySize(entitlement: Entitlement): number {
  const parameters = Object.fromEntries(
    Object.entries(entitlement.parameters).map(([name, { values, maxLength }]) => {
      const longest = values?.reduce((long, value) => (value.length > long.length ? value : long), '');
      return [name, longest ?? 'x'.repeat(maxLength)];
    }),
  );
  const sourceIp = 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255';
  return sessionPolicy({ entitlement, parameters, startAt: openEnd, sourceIp }).length;
}

/**
 * Why a parameter's value cannot be taken, or undefined. A value never contains what IAM would read as a pattern or a
 * variable, nor what would break out of a JSON text.
 */
export function parameterFault(entitlement: Entitlement, name: string, value: string): string | undefined {
  const parameter = Object.hasOwn(entitlement.parameters, name) ? entitlement.parameters[name] : undefined;
  if (!parameter) return `There is no parameter ${name} for this entitlement.`;
  if (value === '' || value.length > parameter.maxLength)
    return `Parameter ${name} takes 1 to ${parameter.maxLength} characters.`;
  if (!isParameterText(value))
    return `Parameter ${name} takes plain ASCII text without * ? $ quotes, braces or backslashes.`;
  if (parameter.values && !parameter.values.includes(value))
    return `Parameter ${name} is one of: ${parameter.values.join(', ')}.`;
  if (parameter.pattern && !wholeMatch(parameter.pattern).test(value))
    return `Parameter ${name} must match ${parameter.pattern}.`;
  return undefined;
}

/** Whether all characters of a text may stand in a parameter’s value. */
export const isParameterText = (text: string): boolean =>
  /^[\x20-\x7e]+$/.test(text) && !/[*?$"'\\{}]/.test(text);

/** Names of all `{name}` in a value, in its texts and in its keys. */
export const placeholdersIn = (value: unknown): string[] =>
  [...JSON.stringify(value ?? null).matchAll(/\{([a-zA-Z0-9]+)\}/g)].map(([, name]) => name ?? '');

const deny = (statement: Omit<SessionStatement, 'Effect'>): SessionStatement => ({
  Effect: 'Deny',
  ...statement,
});

/** A parameter that was left out narrows nothing; `required` ones cannot be left out. */
function narrowing(entitlement: Entitlement, parameters: Record<string, string>): SessionStatement[] {
  return Object.entries(entitlement.parameters)
    .filter(([name]) => Object.hasOwn(parameters, name))
    .flatMap(([, { narrow }]) => narrow.map((statement) => deny(fill(statement, parameters))));
}

function fill<Value>(value: Value, parameters: Record<string, string>): Value;
function fill(value: unknown, parameters: Record<string, string>): unknown {
  if (typeof value === 'string')
    return value.replace(/\{([a-zA-Z0-9]+)\}/g, (placeholder, name) =>
      Object.hasOwn(parameters, name) ? (parameters[name] ?? placeholder) : placeholder,
    );
  if (Array.isArray(value)) return value.map((item) => fill(item, parameters));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, parameters)]));
  return value;
}
