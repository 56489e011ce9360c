import { type Instant, latest } from '#domain/instant.ts';
import { type Assumption, entersTarget, managedRole, orphanOf } from '#domain/outOfBand.ts';
import type { Grant, GrantSession } from '../grants/grant.ts';
import type { CallerIdentity } from '../reader/keptEvent.ts';
import type { Issuance, Issuances } from '../sessions/issuance.ts';
import { rememberedOf } from '../sessions/remembered.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import type { Material, Observation } from './finding.ts';
import { aboutGrant } from './grantFacts.ts';
import { isOurRole, isSameRole, ourRoleOfSession, rolesOfIssuance, rolesOfSession } from './roleNames.ts';

/** A role of Countersign that somebody got credentials of. */
export interface Entry {
  issuance: Issuance;
  roleArn: string;
  /** Another role that its records name too: one of them was changed. */
  otherRole?: string | undefined;
  /** Whether it is a role that grants reach into, rather than one that Countersign works with. */
  target: boolean;
  /** Whether it was the function or service that this role is for. */
  rightCaller: boolean;
}

/** Every issuance of a role of Countersign, judged as the watch judges it: domain/outOfBand.ts. */
export const entriesIn = rememberedOf((material: Material): Entry[] => {
  const services = serviceAccountsOf(material);
  return ourIssuancesIn(material.issuances).map(({ issuance, roleArn, otherRole }) => {
    const { arn, account: callerAccount = '' } = issuance.event.caller;
    const { account = '' } = managedRole(roleArn) ?? {};
    // Of several installations, that of the caller. Who may wake the watch of an account is the same for all.
    const callersAccount = arn?.split(':')[4] ?? callerAccount;
    const serviceAccount = [account, callersAccount].find((one) => services.has(one)) ?? '';
    const rightCaller = isRightCaller({ issuance, roleArn }, serviceAccount);
    return { issuance, roleArn, otherRole, target: isTarget(roleArn, services), rightCaller };
  });
});

/** Whether it was the function or service that this role is for, if Countersign runs in this account. */
export const isRightCaller = (
  { issuance, roleArn }: Pick<Entry, 'issuance' | 'roleArn'>,
  serviceAccount: string,
): boolean =>
  orphanOf(assumptionOf(issuance, roleArn), { serviceAccount, request: undefined }) !== 'wrong_caller';

type OurIssuance = Pick<Entry, 'issuance' | 'roleArn' | 'otherRole'>;

/** Issuances of which some record names a role of Countersign: few of a million are such. */
const ourIssuancesIn = rememberedOf(({ ok }: Issuances): OurIssuance[] =>
  ok.flatMap((issuance): OurIssuance[] => {
    const roles = rolesOfIssuance(issuance);
    const roleArn = roles.find(isOurRole);
    if (roleArn === undefined) return [];
    return [{ issuance, roleArn, otherRole: roles.find((role) => role !== roleArn) }];
  }),
);

/** Whether grants reach into this role: it is none of those that Countersign works with. */
export const isTarget = (roleArn: string, services: ReadonlySet<string>): boolean =>
  !services.has(managedRole(roleArn)?.account ?? '') && entersTarget({ roleArn }, '');

/**
 * Accounts that Countersign runs in: those whose evidence one of its functions attested, and those where Lambda and Step Functions run
 * it, be it without any request. No account that grants reach into is one, so that nobody there passes for a service by roles of
 * the same names.
 */
export const serviceAccountsOf = rememberedOf(({ evidence, ...material }: Installed): ReadonlySet<string> => {
  const targets = targetAccountsOf(material);
  const attested = evidence.filter(({ attester }) => attester !== undefined).map(({ account }) => account);
  const services = attested.filter((account) => !targets.has(account));
  const reached = material.grants.flatMap(({ sessions }) =>
    sessions.map(({ roleArn }) => managedRole(roleArn)?.account),
  );
  const others = new Set([...targets, ...reached]);
  const running = ourIssuancesIn(material.issuances).flatMap((issued) => runningIn(issued) ?? []);
  return new Set([...services, ...running.filter((account) => !others.has(account))].sort());
});

type Installed = Pick<Material, 'evidence' | 'catalogues' | 'issuances' | 'grants'>;

/** The account in which Lambda or Step Functions start work under a role of Countersign's, as they would. */
function runningIn({ issuance, roleArn }: OurIssuance): string | undefined {
  const assumption = assumptionOf(issuance, roleArn);
  if (!runners.has(assumption.caller.service ?? '')) return undefined;
  const serviceAccount = managedRole(roleArn)?.account ?? '';
  return orphanOf(assumption, { serviceAccount, request: undefined }) === undefined
    ? serviceAccount
    : undefined;
}

const runners = new Set(['lambda.amazonaws.com', 'states.amazonaws.com']);

/** The accounts that the catalogues let grants reach into. */
export const targetAccountsOf = ({ catalogues }: Pick<Material, 'catalogues'>): Set<string> =>
  new Set(
    [...catalogues.values()].flatMap(({ entries }) => [...entries.values()].map(({ account }) => account.id)),
  );

/** The grants with those sessions only that the one function opened that may, and with what was done in them. */
export function withoutStrangers(material: Material): Grant[] {
  const strangers = entriesIn(material).filter(({ rightCaller }) => !rightCaller);
  const issuances = new Set(strangers.map(({ issuance }) => issuance));
  const keys = new Set(strangers.flatMap(({ issuance }) => issuance.accessKeyId ?? []));
  const isOurs = ({ accessKeyId, joinedBy }: ReviewedSession): boolean =>
    !keys.has(accessKeyId ?? '') && joinedBy !== 'unresolved' && joinedBy !== 'ambiguous';
  return material.grants.map((grant) => ({
    ...grant,
    sessions: grant.sessions
      .filter(({ issuance }) => !issuances.has(issuance))
      .map((session) => ({ ...session, activity: session.activity.filter(isOurs) })),
  }));
}

/** A session and the grant that it belongs to. */
export interface OpenedSession {
  grant: Grant;
  session: GrantSession;
}

export const openedSessions = ({ grants }: Pick<Material, 'grants'>): OpenedSession[] =>
  grants.flatMap((grant) => grant.sessions.map((session) => ({ grant, session })));

/** An observation about a session of a grant. */
export const aboutSession = (
  { grant, session }: OpenedSession,
  observation: Pick<Observation, 'severity' | 'message'>,
): Observation =>
  aboutGrant(grant, {
    ...observation,
    at: session.issuedAt,
    subject: session.sessionArn ?? grant.id,
    account: managedRole(session.roleArn)?.account,
    eventIds: [session.issuance.event.id],
  });

/**
 * Tells of a session of a role of Countersign whether a call in the logs is seen to have opened it, rather than one that could have.
 * One that was issued for another role explains nothing.
 */
export function openedBy(entries: readonly Entry[]): (session: ReviewedSession) => boolean {
  const roles = new Map(entries.map(({ issuance, roleArn }) => [issuance, roleArn]));
  return (session) => {
    const role = isSurelyJoined(session) ? roles.get(session.issuance) : undefined;
    return role !== undefined && isSameRole(role, ourRoleOfSession(session) ?? '');
  };
}

/** Whether the call that issued it is known by the key or the time, and not only by name and person. */
export const isSurelyJoined = (
  session: ReviewedSession,
): session is ReviewedSession & { issuance: Issuance } =>
  session.issuance !== undefined && (session.joinedBy === 'accessKey' || session.joinedBy === 'arnAndTime');

/** Sessions by the call that issued them. */
export const sessionsByIssuance = rememberedOf(
  (sessions: readonly ReviewedSession[]): ReadonlyMap<Issuance | undefined, readonly ReviewedSession[]> =>
    Map.groupBy(sessions, ({ issuance }) => issuance),
);

/** Until when credentials could be used, and until when they were. */
export const aliveUntil = (
  { event: { at }, expiresAt = at }: Issuance,
  sessions: readonly ReviewedSession[] = [],
): Instant => sessions.reduce((end, { last }) => latest(end, last), latest(at, expiresAt));

/** Whether the caller works under a role of Countersign's own in one of its accounts, or as its revoker. */
export function ownRoleOf(caller: CallerIdentity, services: ReadonlySet<string>): string | undefined {
  const [roleArn, another] = rolesOfSession({ arn: caller.arn ?? '', identity: caller });
  const role = roleArn === undefined || another !== undefined ? undefined : managedRole(roleArn);
  if (!role) return undefined;
  return services.has(role.account) || role.name === 'countersign-revoker' ? role.name : undefined;
}

/** Whoever made a call, by the best name there is. */
export const callerOf = ({ event: { caller } }: Pick<Issuance, 'event'>): string =>
  caller.arn ?? caller.invokedBy ?? caller.account ?? 'somebody unnamed';

function assumptionOf({ event, ...issuance }: Issuance, roleArn: string): Assumption {
  const { sessionName = '', sourceIdentity, tags, accessKeyId } = issuance;
  const { type, invokedBy, arn, account, principalId } = event.caller;
  const caller = {
    service: type === 'AWSService' ? invokedBy : undefined,
    arn,
    account,
    sessionName: principalId?.split(':')[1],
  };
  return { roleArn, sessionName, sourceIdentity, tags, accessKeyId, caller };
}
