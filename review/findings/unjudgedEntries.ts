import type { Instant } from '#domain/instant.ts';
import { latest } from '#domain/instant.ts';
import { requestIdSchema } from '#domain/terms.ts';
import { rememberedOf } from '../sessions/remembered.ts';
import { accountsIn } from './coverage.ts';
import type { Material, Observation } from './finding.ts';
import {
  aliveUntil,
  type Entry,
  entriesIn,
  isRightCaller,
  serviceAccountsOf,
  sessionsByIssuance,
  targetAccountsOf,
} from './managedRoles.ts';
import { reachesInto } from './reachesInto.ts';
import { counted, countedOrNo, someOf } from './words.ts';

/** Roles entered from an account that is among no logs, so that nothing shows who did. */
interface Unjudged {
  /** Where Countersign runs, if it was Countersign. */
  account: string;
  entries: ReadonlySet<Entry>;
}

/**
 * Entries of which only the copy of the role's account tells, that Countersign's function could have made, and that its own account's
 * logs would tell of: most likely they were not fetched. None where anything shows which account Countersign runs in, or is of the
 * caller's account at all; nor where two accounts come into question: roles trust one, so that one of the two got in otherwise.
 */
export const unjudgedIn = rememberedOf((material: Material): Unjudged | undefined => {
  if (serviceAccountsOf(material).size > 0) return undefined;
  const entries = entriesIn(material).filter(isLikeOurs);
  const [account, another] = new Set(entries.map(({ issuance }) => issuance.event.caller.account ?? ''));
  if (account === undefined || another !== undefined || isKnown(account, material)) return undefined;
  return { account, entries: new Set(entries) };
});

/** Whether it was a session of the right function's name, out of another account, that entered a role in the name of a request. */
function isLikeOurs(entry: Entry): boolean {
  const { issuance, otherRole } = entry;
  const { event, copies, sessionName } = issuance;
  const { type, arn, account } = event.caller;
  if (type !== 'AWSAccount' || arn !== undefined || account === undefined) return false;
  if (account === event.account || copies.length > 0 || otherRole !== undefined) return false;
  return requestIdSchema.safeParse(sessionName).success && isRightCaller(entry, account);
}

/** By logs or digests of its own, or as an account that grants reach into. */
const isKnown = (account: string, material: Material): boolean =>
  accountsIn(material.trail).has(account) ||
  material.integrity.chains.some((chain) => chain.account === account) ||
  targetAccountsOf(material).has(account);

/** One observation for all of these that reach into the period. `what` and `next` depend on what the roles are for. */
export function observeUnjudged(
  material: Material,
  isMeant: (entry: Entry) => boolean,
  { what, next }: { what: string; next: string },
): Observation[] {
  const { account = '', entries = [] } = unjudgedIn(material) ?? {};
  const used = sessionsByIssuance(material.sessions);
  const told = [...entries].filter(isMeant).flatMap(({ issuance }) => {
    const sessions = used.get(issuance) ?? [];
    const span = { at: issuance.event.at, until: aliveUntil(issuance, sessions) };
    return reachesInto(material.period, span) ? [{ ...span, id: issuance.event.id, sessions }] : [];
  });
  const [first] = told.map(({ at }) => at).sort();
  if (first === undefined) return [];
  const calls = told.flatMap(({ sessions }) => sessions).reduce((sum, session) => sum + session.calls, 0);
  return [
    {
      severity: 'high',
      at: first,
      until: told.reduce<Instant>((last, { until }) => latest(last, until), first),
      subject: account,
      account,
      message: `${counted(told.length, 'session')} of ${what} ${told.length === 1 ? 'was' : 'were'} opened from account ${account}, whose logs are not among the files, so that nothing shows by whom; ${countedOrNo(calls, 'call')} followed. Fetch the logs of that account; if Countersign does not run there, ${next}.`,
      eventIds: someOf(told.map(({ id }) => id)),
    },
  ];
}
