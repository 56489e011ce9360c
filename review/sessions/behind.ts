import { type Chain, extended, linksOf, noChain } from './chain.ts';
import type { Issuance } from './issuance.ts';
import type { IssuanceIndex } from './issuanceIndex.ts';
import { type Issuer, issuerOf, switcherOf } from './issuer.ts';
import { callingSession, join, type Sought } from './join.ts';
import { remembered } from './remembered.ts';
import type { ChainLink, Joined } from './reviewedSession.ts';
import { identityCenterUser, linkedService } from './serviceRoles.ts';

/** A session on the way back, with what it was joined to. */
interface Step {
  session: Sought;
  joined: Joined;
}

/**
 * Who is behind sessions: answers for each with the links from the caller of its issuing call back to the beginning. Every call is
 * followed back once, whatever number of sessions came of it.
 */
export function chainsThrough(index: IssuanceIndex): (session: Sought, joined: Joined) => ChainLink[] {
  const soleIssuer = remembered((arn) => soleIssuerOf(arn, index));
  /** Behind the caller of each issuing call. */
  const chains = new Map<Issuance, Chain>();

  const chainOf = (step: Step | undefined): Chain => {
    if (!step) return noChain;
    const link = linkToIssuer(step.joined, index) ?? linkWithoutCall(step, soleIssuer);
    const { issuance } = step.joined;
    const before = (issuance && chains.get(issuance)) ?? noChain;
    return link ? extended(link, before) : before;
  };

  const followBack = (start: Issuance | undefined): void => {
    const way: { issuance: Issuance; step: Step | undefined }[] = [];
    for (let issuance = start; issuance && !chains.has(issuance); ) {
      const step = callersStep(issuance, index);
      way.push({ issuance, step });
      // Logs that somebody changed can lead round in a circle: it ends where it comes by again.
      chains.set(issuance, noChain);
      issuance = step?.joined.issuance;
    }
    for (const { issuance, step } of way.reverse()) chains.set(issuance, chainOf(step));
  };

  return (session, joined) => {
    followBack(joined.issuance);
    return linksOf(chainOf({ session, joined }));
  };
}

function callersStep({ event }: Issuance, index: IssuanceIndex): Step | undefined {
  const session = callingSession(event);
  return session && { session, joined: join(session, index) };
}

/** Whoever made the call that was found, or switched to the role in the console. */
function linkToIssuer({ issuance, signIn, joinedBy }: Joined, index: IssuanceIndex): ChainLink | undefined {
  if (issuance) return { ...issuerOf(issuance, index), joinedBy, eventId: issuance.event.id };
  const switcher = signIn && switcherOf(signIn);
  return switcher && { ...switcher, joinedBy, eventId: signIn.event.id };
}

/** What can be said where no call was found, or several. */
function linkWithoutCall(
  { session, joined: { joinedBy } }: Step,
  soleIssuer: (arn: string) => Issuer | undefined,
): ChainLink | undefined {
  const service = linkedService(session);
  if (joinedBy === 'serviceLinked' && service !== undefined)
    return { who: service, kind: 'service', joinedBy };
  const issuer = joinedBy === 'ambiguous' ? soleIssuer(session.arn) : undefined;
  if (issuer) return { ...issuer, joinedBy };
  const user = identityCenterUser(session);
  return user === undefined ? undefined : { who: user, kind: 'identityCenter', joinedBy };
}

/** Who opened all sessions of an ARN, where that was always the same. */
function soleIssuerOf(arn: string, index: IssuanceIndex): Issuer | undefined {
  const [issuer, ...others] = [
    ...(index.byArn.get(arn) ?? []).map((issuance) => issuerOf(issuance, index)),
    ...(index.switches.get(arn) ?? []).map(switcherOf),
  ];
  return others.every((other) => other?.who === issuer?.who && other?.kind === issuer?.kind)
    ? issuer
    : undefined;
}
