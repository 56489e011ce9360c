import { type AccessRequest, historyHolds } from './accessRequest.ts';
import { attesters } from './history.ts';
import { sourceIdentityOf } from './identity.ts';

/** A role of Countersign that somebody assumed, as CloudTrail tells it. */
export interface Assumption {
  roleArn: string;
  sessionName: string;
  sourceIdentity?: string | undefined;
  tags: Record<string, string>;
  /** Of the session that came out of it. */
  accessKeyId?: string | undefined;
  caller: Caller;
}

/** Whoever called STS. The role owner's copy of a call from another account shows neither ARN nor role. */
export interface Caller {
  /** An AWS service that assumed a role to work under it. */
  service?: string | undefined;
  arn?: string | undefined;
  account?: string | undefined;
  sessionName?: string | undefined;
}

/** Why nobody answers for an assumption. */
export type Orphan =
  /** It was not the one function or service that may assume this role. */
  | 'wrong_caller'
  /** The session's name is no request. */
  | 'no_request'
  /** The request is for another role, another person or other terms, or its history was edited. */
  | 'other_role'
  | 'other_person'
  | 'other_terms'
  | 'history_altered'
  /** The request never had this session: it was not sealed to anybody, or it is not from `issueSession`. */
  | 'not_on_record';

/** The account and the name of a role of Countersign: they have no path. Undefined for any other role. */
export function managedRole(roleArn: string): { account: string; name: string } | undefined {
  const [, account, name] = /^arn:aws:iam::(\d{12}):role\/(countersign-[^/]+)$/.exec(roleArn) ?? [];
  return account !== undefined && name !== undefined ? { account, name } : undefined;
}

/** Whether an assumption is of a role that grants reach into, so that a request has to answer for it. */
export function entersTarget({ roleArn }: Pick<Assumption, 'roleArn'>, serviceAccount: string): boolean {
  const role = managedRole(roleArn);
  return role !== undefined && role.account !== serviceAccount && !ownRoles.has(role.name);
}

/** In target accounts, what is no entitlement's. */
const ownRoles = new Set(['countersign-revoker', 'countersign-watch']);

/**
 * Why nobody answers for an assumption, or undefined where all is in order. `request` is the one that the session is named
 * after, where there is one.
 */
export function orphanOf(
  assumption: Assumption,
  { serviceAccount, request }: { serviceAccount: string; request: AccessRequest | undefined },
): Orphan | undefined {
  if (!mayCall(assumption, serviceAccount)) return 'wrong_caller';
  return entersTarget(assumption, serviceAccount) ? unanswered(assumption, request) : undefined;
}

/** What keeps the request from answering for a session of a target role. */
function unanswered(assumption: Assumption, request: AccessRequest | undefined): Orphan | undefined {
  if (!request) return 'no_request';
  const { terms, digest, history } = request;
  if (assumption.roleArn !== terms.roleArn) return 'other_role';
  if (assumption.sourceIdentity !== sourceIdentityOf(terms.requester)) return 'other_person';
  if (assumption.tags['cs:request'] !== terms.id || assumption.tags['cs:digest'] !== digest)
    return 'other_terms';
  if (!historyHolds(request)) return 'history_altered';
  const issued = history.some(
    ({ event, detail }) =>
      event === 'issued' &&
      assumption.accessKeyId !== undefined &&
      detail?.accessKeyId === assumption.accessKeyId,
  );
  return issued ? undefined : 'not_on_record';
}

/** Whether the caller is the one that this role is for. */
function mayCall({ roleArn, sessionName, caller }: Assumption, serviceAccount: string): boolean {
  const role = managedRole(roleArn);
  if (!role) return false;
  const isFunction = (name: string): boolean => isSessionOf(caller, name, serviceAccount);
  if (role.name === 'countersign-watch') return caller.service === 'events.amazonaws.com';
  if (role.account !== serviceAccount)
    return isFunction(role.name === 'countersign-revoker' ? 'endGrant' : 'issueSession');
  if (role.name === 'countersign-notary') return Object.keys(attesters).some(isFunction);
  if (role.name === 'countersign-workflow') return caller.service === 'states.amazonaws.com';
  return caller.service === 'lambda.amazonaws.com' && runsItsFunction(role.name, sessionName);
}

/**
 * Lambda names the session after the function that it starts, whatever the role is called. Its pollers of a queue go by
 * names of their own.
 */
const runsItsFunction = (roleName: string, sessionName: string): boolean =>
  sessionName === roleName ||
  (roleName === deployedNameOf('reconcileTrail') && sessionName.startsWith('awslambda_'));

/**
 * The caller's own copy has the ARN. The owner's copy has account and session name only, which another role of the service
 * account could take for itself: its own copy tells them apart.
 */
const isSessionOf = (caller: Caller, name: string, account: string): boolean =>
  caller.service === undefined &&
  (caller.arn === undefined
    ? caller.account === account && caller.sessionName === deployedNameOf(name)
    : caller.arn === functionSessionArn(name, account));

/** The session in which a function of Countersign runs, as AWS names it: `functionSessionArn('issueSession', …)`. */
export const functionSessionArn = (name: string, account: string): string =>
  `arn:aws:sts::${account}:assumed-role/${deployedNameOf(name)}/${deployedNameOf(name)}`;

/** `issueSession` → `countersign-issue-session`: the name of the function, of its role and of the role's sessions. */
const deployedNameOf = (name: string): string =>
  `countersign-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
