import { actionsMeet, coversAction, hasWildcard } from '#domain/wildcards.ts';
import type { CalledAction, Trail } from '../reader/trail.ts';
import { rememberedOf } from '../sessions/remembered.ts';
import { iamActionsOf } from './iamActions.ts';
import { dataEventsOf, makesSomething, neverLoggedOf, taggingOf } from './unseenActions.ts';

/** What the logs show of an account: not everything that happened there need be in them. */
export interface AccountView {
  /** Management events that read: a trail may log writes only. */
  reads: boolean;
  /** Services whose data events were seen. */
  dataEvents: ReadonlySet<string>;
}

/** By account id; an account that is absent is in no log. */
export function accountViewsOf(trail: Pick<Trail, 'sessions' | 'kept'>): Map<string, AccountView> {
  const views = new Map<string, { reads: boolean; dataEvents: Set<string> }>();
  const viewOf = (account: string) => {
    const view = views.get(account) ?? { reads: false, dataEvents: new Set<string>() };
    views.set(account, view);
    return view;
  };
  for (const { account } of trail.kept) viewOf(account);
  // Hundreds of thousands of sessions make a few hundred different calls.
  const kinds = rememberedOf(kindOf);
  for (const { arn, actions } of trail.sessions) {
    const view = viewOf(arn.split(':')[4] ?? '');
    for (const { action } of actions) {
      const kind = kinds(action);
      if (kind.dataEventOf !== undefined) view.dataEvents.add(kind.dataEventOf);
      view.reads ||= kind.reads;
    }
  }
  return views;
}

/** What a call shows of the trail that it stands in. */
interface Kind {
  /** The service, where it is a data event. */
  dataEventOf?: string | undefined;
  reads: boolean;
}

function kindOf(call: CalledAction): Kind {
  const [action = ''] = iamActionsOf(call);
  const service = serviceOf(action);
  if (dataEventsOf(service).includes(action)) return { dataEventOf: service, reads: false };
  return { reads: /^(Describe|Get|List)/.test(call.name) };
}

/** The part of a granted pattern that could be used without a trace in these logs. */
export interface Hidden {
  /** All of it, as far as can be told. */
  whole: boolean;
  /** Otherwise: actions, or narrower patterns, that it covers. */
  parts: string[];
  /** Whether other settings of the trail would show it. */
  loggable: boolean;
}

/** `used` says what the sessions did: whoever makes something may have tagged it with the same call. */
export function hiddenPartOf(
  pattern: string,
  { view, used }: { view: AccountView | undefined; used: readonly { action: string }[] },
): Hidden {
  const service = serviceOf(pattern);
  if (!view || hasWildcard(service)) return { whole: true, parts: [], loggable: true };
  const loggable = hiddenBy(pattern, [
    ...(view.dataEvents.has(service) ? [] : dataEventsOf(service)),
    ...(view.reads ? [] : ['Describe*', 'Get*', 'List*'].map((reading) => `${service}:${reading}`)),
  ]);
  const made = used.some(({ action }) => serviceOf(action) === service && makesSomething(action));
  const never = hiddenBy(pattern, neverLoggedOf(service));
  const tags = made ? taggingOf(service) : [];
  return {
    whole: loggable.whole || never.whole || tags.some((tag) => coversAction(tag, pattern)),
    parts: [...loggable.parts, ...never.parts, ...tags.filter((tag) => coversAction(pattern, tag))],
    loggable: loggable.whole || loggable.parts.length > 0,
  };
}

function hiddenBy(pattern: string, unseen: readonly string[]): { whole: boolean; parts: string[] } {
  const parts = unseen.filter((other) => coversAction(pattern, other));
  // What two patterns have in common, where neither covers the other, is not told apart.
  const whole = unseen.some(
    (other) => coversAction(other, pattern) || (!parts.includes(other) && actionsMeet(other, pattern)),
  );
  return { whole, parts };
}

/** `dynamodb` of `dynamodb:GetItem`; `*` of `*`. */
export const serviceOf = (action: string): string => action.split(':')[0]?.toLowerCase() ?? '';
