import { callsOf } from '../grants/activity.ts';
import { endOf } from '../grants/end.ts';
import type { Grant } from '../grants/grant.ts';
import type { Call } from '../reader/trail.ts';
import { iamActionsOf } from './iamActions.ts';
import { namesAllResources } from './resourceForms.ts';

/** An action as calls used it. */
export interface UsedAction {
  action: string;
  count: number;
  /** ARNs that calls named; absent where one did not name all that it was about. */
  resources?: ReadonlySet<string> | undefined;
}

/** What the sessions of an entitlement's grants did, in actions of IAM; each list by name. */
export interface ObservedUse {
  calls: number;
  used: UsedAction[];
  /** Refused while the grant lasted. */
  refused: { action: string; count: number }[];
  /** Calls that succeeded, each with the actions that it may have needed. */
  succeeded: string[][];
  /** Whether that is all: of made-up names of calls there can be any number. */
  whole: boolean;
}

/** Actions that are told apart. An auditor's tool that looks at everything calls some thousand. */
export const mostActions = 2_000;

/** More ARNs than a proposal would list are not kept. */
const mostResources = 20;

export function observedUseOf(grants: readonly Grant[]): ObservedUse {
  const used = new Map<string, { count: number; resources: Set<string> | undefined }>();
  const refused = new Map<string, number>();
  const succeeded = new Map<string, string[]>();
  const names = new Set<string>();
  let calls = 0;
  let whole = true;
  for (const grant of grants) {
    const over = endOf(grant);
    for (const call of callsOf(grant)) {
      calls += 1;
      const actions = iamActionsOf(call);
      const name = actions.join(' ');
      if (names.size >= mostActions && !names.has(name)) {
        whole = false;
        continue;
      }
      names.add(name);
      if (call.denied) {
        const [action] = actions;
        // After the end everything is refused: that says nothing about what is missing.
        if (action !== undefined && (over === undefined || call.at < over))
          refused.set(action, (refused.get(action) ?? 0) + 1);
        continue;
      }
      if (call.errorCode === undefined) succeeded.set(name, actions);
      for (const action of actions) used.set(action, withCall(used.get(action), call));
    }
  }
  return {
    calls,
    used: byAction([...used].map(([action, use]) => ({ action, ...use }))),
    refused: byAction([...refused].map(([action, count]) => ({ action, count }))),
    succeeded: [...succeeded].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, actions]) => actions),
    whole,
  };
}

type Use = Omit<UsedAction, 'action'> & { resources: Set<string> | undefined };

function withCall(use: Use | undefined, call: Call): Use {
  const arn = namesAllResources(call) && call.object?.startsWith('arn:') ? call.object : undefined;
  const before = use ? use.resources : new Set<string>();
  const resources = arn === undefined ? undefined : before?.add(arn);
  const isShort = resources !== undefined && resources.size <= mostResources;
  return { count: (use?.count ?? 0) + 1, resources: isShort ? resources : undefined };
}

const byAction = <Entry extends { action: string }>(entries: Entry[]): Entry[] =>
  entries.sort((one, other) => (one.action < other.action ? -1 : 1));
