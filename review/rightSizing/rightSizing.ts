import type { Catalogue } from '#domain/catalogue.ts';
import type { PolicyStatement } from '#domain/entitlement.ts';
import { coversAction, hasWildcard } from '#domain/wildcards.ts';
import type { Grant } from '../grants/grant.ts';
import type { Trail } from '../reader/trail.ts';
import { type AccountView, accountViewsOf, type Hidden, hiddenPartOf, serviceOf } from './accountView.ts';
import { caveatsOf } from './caveats.ts';
import { type EntitlementPlace, entitlementPlacesOf } from './entitlementPlaces.ts';
import type { EntitlementUse, GrantedAction } from './entitlementUse.ts';
import { type GrantedPolicy, grantedPolicyOf } from './grantedPolicy.ts';
import { listOf } from './grantedStatements.ts';
import { type ObservedUse, observedUseOf } from './observedUse.ts';
import { proposalOf } from './proposal.ts';

interface Material {
  grants: readonly Grant[];
  /** By digest. */
  catalogues: ReadonlyMap<string, Catalogue>;
  trail: Pick<Trail, 'sessions' | 'kept'>;
}

/**
 * What each entitlement granted, what was used of it, and a narrower policy that would have done: by entitlement, account and
 * installation. Also those of the catalogues that nobody got.
 */
export function rightSizingOf({ grants, catalogues, trail }: Material): EntitlementUse[] {
  const views = accountViewsOf(trail);
  const given = grants.filter(({ window, sessions }) => window !== undefined || sessions.length > 0);
  return entitlementPlacesOf(given, catalogues).map((place) => {
    const granted = grantedPolicyOf(place, catalogues);
    return entitlementUse({ ...place, granted, view: views.get(granted?.account ?? '') });
  });
}

interface Subject extends EntitlementPlace {
  granted: GrantedPolicy | undefined;
  view: AccountView | undefined;
}

function entitlementUse({ granted, view, ...place }: Subject): EntitlementUse {
  const { entitlement, account, installation, grants } = place;
  const use = observedUseOf(grants);
  const sessions = grants.reduce((sum, grant) => sum + grant.sessions.length, 0);
  const counts = { entitlement, account, installation, grants: grants.length, sessions, calls: use.calls };
  if (!granted) return { ...counts, actions: [], refused: use.refused, caveats: caveatsOf({ counts }) };

  const unexplained = unexplainedIn(use, granted);
  const isKept = mayExplain(unexplained, granted);
  const hidden = (pattern: string): Hidden =>
    isKept(pattern)
      ? { whole: true, parts: [], loggable: false }
      : hiddenPartOf(pattern, { view, used: use.used });
  const proposal =
    sessions > 0 && granted.unknown === 0 && use.whole
      ? proposalOf(granted, { used: use.used, hiddenPartOf: hidden })
      : undefined;
  const actions = grantedActions(granted, { use, view });
  return {
    ...counts,
    actions,
    refused: use.refused,
    ...(proposal?.outcome === 'narrower' && { proposal: proposal.policy }),
    caveats: caveatsOf({ counts, granted, view, actions, unexplained, proposal, isWhole: use.whole }),
  };
}

/** Each pattern of the policy with its use; what only its managed policies can have allowed stands under their ARNs. */
function grantedActions(
  { statements, managedPolicies }: GrantedPolicy,
  { use, view }: { use: ObservedUse; view: AccountView | undefined },
): GrantedAction[] {
  const patterns = patternsOf(statements);
  const counted = use.used.map(({ action, count }) => ({ action, count }));
  const rest = counted.filter(({ action }) => !isCovered(action, patterns));
  return [
    ...patterns.map((pattern) => ({
      pattern,
      used: counted.filter(({ action }) => coversAction(pattern, action)),
      visible: isVisible(hiddenPartOf(pattern, { view, used: use.used })),
    })),
    ...managedPolicies.map((pattern) => ({ pattern, used: rest, visible: false })),
  ];
}

const isVisible = ({ whole, loggable }: Hidden): boolean => !whole && !loggable;

/**
 * Calls that succeeded though nothing in the policy covers them, as far as their names tell: what CloudTrail calls them is not what a
 * policy calls them. Each by the action that its name suggests.
 */
function unexplainedIn(
  { succeeded }: ObservedUse,
  { statements, earlier, managedPolicies, unknown }: GrantedPolicy,
): string[] {
  if (managedPolicies.length > 0 || unknown > 0) return [];
  const patterns = patternsOf([...statements, ...earlier]);
  return succeeded
    .filter((actions) => actions.length > 0 && !actions.some((action) => isCovered(action, patterns)))
    .map(([action = '']) => action);
}

/** Which patterns can be what allowed the unexplained calls, so that nothing of them is known to be unused. */
function mayExplain(
  unexplained: readonly string[],
  { statements }: GrantedPolicy,
): (pattern: string) => boolean {
  const services = new Set(unexplained.map(serviceOf));
  const isNear = (pattern: string): boolean =>
    services.has(serviceOf(pattern)) || (services.size > 0 && hasWildcard(serviceOf(pattern)));
  const someNear = patternsOf(statements).some(isNear);
  return (pattern) => isNear(pattern) || (services.size > 0 && !someNear);
}

const patternsOf = (statements: readonly PolicyStatement[]): string[] => [
  ...new Set(statements.flatMap(({ Action }) => listOf(Action))),
];

const isCovered = (action: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => coversAction(pattern, action));
