import type { Entitlement, Parameter } from './entitlement.ts';
import { maximumGrantSeconds } from './lastPossibleAccess.ts';
import { hasOnlyPolicyVariables } from './policyGrammar.ts';
import { reissueEvery } from './sessionLength.ts';
import {
  longestSessionPolicySize,
  maximumPolicySize,
  parameterFault,
  placeholdersIn,
} from './sessionPolicy.ts';

/** What is wrong with an entry of the catalogue: where, and in words for who edits it. */
export interface Fault {
  path: string;
  message: string;
}

const minimumGrant = 60;
/** So many sessions' evidence keeps a record far below DynamoDB's 400 KB. */
const maximumSessions = 200;

/** Every rule of an entitlement that a schema of its fields cannot say. */
export const entitlementFaults = (entry: Entitlement): Fault[] => [
  ...durationFaults(entry),
  ...approvalFaults(entry),
  ...policyFaults(entry),
  ...Object.entries(entry.parameters).flatMap(([name, parameter]) => parameterFaults(entry, name, parameter)),
];

function durationFaults(entry: Entitlement): Fault[] {
  const { maxDuration, defaultDuration, sessionDuration, expiresAfter } = entry;
  return [
    ...fault(
      !within(maxDuration, minimumGrant, maximumGrantSeconds),
      'maxDuration',
      'must be between PT1M and P7D',
    ),
    ...fault(
      defaultDuration !== undefined && !within(defaultDuration, minimumGrant, maxDuration),
      'defaultDuration',
      'must be between PT1M and maxDuration',
    ),
    ...fault(
      sessionDuration !== undefined && !within(sessionDuration, 900, 3_600),
      'sessionDuration',
      'must be between PT15M and PT1H: STS allows no less, role chaining no more',
    ),
    ...fault(
      maxDuration / reissueEvery(sessionDuration ?? 3_600) > maximumSessions,
      'sessionDuration',
      'is too short for maxDuration: the evidence of so many sessions would not fit one record',
    ),
    ...fault(
      !within(expiresAfter, minimumGrant, maximumGrantSeconds),
      'expiresAfter',
      'must be between PT1M and P7D',
    ),
  ];
}

function approvalFaults({
  approval,
  escalation,
  expiresAfter,
  breakGlass,
  maxDuration,
}: Entitlement): Fault[] {
  return [
    ...fault(
      escalation !== undefined && escalation.after >= expiresAfter,
      'escalation',
      'would come only after the request has expired',
    ),
    ...fault(
      breakGlass !== undefined && !within(breakGlass.duration, minimumGrant, maxDuration),
      'breakGlass',
      'duration must be between PT1M and maxDuration',
    ),
    ...fault(
      breakGlass !== undefined && approval.length === 0,
      'breakGlass',
      'needs approval rules: their approvers review its use',
    ),
  ];
}

function policyFaults(entry: Entitlement): Fault[] {
  const text = JSON.stringify([entry.policy, Object.values(entry.parameters).map(({ narrow }) => narrow)]);
  const size = longestSessionPolicySize(entry);
  const sids = entry.policy.flatMap(({ Sid }) => Sid ?? []);
  return [
    ...fault(
      !entry.policy.some(({ Effect }) => Effect === 'Allow') && entry.managedPolicies.length === 0,
      'policy',
      'allows nothing',
    ),
    ...fault(
      placeholdersIn(entry.policy).length > 0,
      'policy',
      'has a placeholder: the role’s policy is the same for all; parameters narrow it by `narrow`',
    ),
    ...fault(
      !hasOnlyPolicyVariables(JSON.stringify(entry.policy)),
      'policy',
      'has braces after $ or # that hold no policy variable of IAM, such as aws:PrincipalTag/team',
    ),
    ...fault(new Set(sids).size < sids.length, 'policy', 'has one Sid twice: IAM takes each only once'),
    ...fault(/[^\x20-\xff]/.test(text), 'policy', 'has characters that STS does not take (beyond U+00FF)'),
    ...fault(
      size > maximumPolicySize,
      'policy',
      `needs a session policy of ${size} characters; STS takes ${maximumPolicySize}`,
    ),
  ];
}

function parameterFaults(entry: Entitlement, name: string, { narrow, values = [] }: Parameter): Fault[] {
  const faults = narrow.flatMap(({ Action, NotResource, Resource, Condition = {} }): Fault[] => {
    const filled = placeholdersIn([
      NotResource,
      Resource,
      Object.values(Condition).flatMap((keys) => Object.values(keys)),
    ]);
    const keys = Object.values(Condition).flatMap((operator) => Object.keys(operator));
    return [
      ...fault(!filled.includes(name), 'parameters', `${name} does not narrow by its own value {${name}}`),
      ...fault(
        placeholdersIn([Action, keys, Object.keys(Condition)]).length > 0,
        'parameters',
        `${name} has a placeholder where none is filled: use NotResource, Resource or a condition’s value`,
      ),
      ...filled
        .filter((other) => other !== name)
        .map((other) => ({ path: 'parameters', message: missingPlaceholder(entry, name, other) }))
        .filter(({ message }) => message !== ''),
    ];
  });
  const impossible = values.filter((value) => parameterFault(entry, name, value) !== undefined);
  return [
    ...faults,
    ...impossible.map((value) => ({
      path: 'parameters',
      message: `${name} lists ${value}, which no request could give`,
    })),
  ];
}

function missingPlaceholder(entry: Entitlement, name: string, other: string): string {
  const parameter = Object.hasOwn(entry.parameters, other) ? entry.parameters[other] : undefined;
  if (!parameter) return `${name} uses {${other}}, which is not declared`;
  return parameter.required ? '' : `${name} uses {${other}}, which a request may leave out`;
}

const fault = (wrong: boolean, path: string, message: string): Fault[] => (wrong ? [{ path, message }] : []);

const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;
