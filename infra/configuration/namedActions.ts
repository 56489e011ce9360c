import type { Catalogue } from '../../domain/catalogue.ts';
import type { Entitlement } from '../../domain/entitlement.ts';

/** An action, or a pattern of actions, where an entitlement names it. */
export interface NamedAction {
  path: (string | number)[];
  /** As it is written: `dynamodb:Get*`. */
  action: string;
  service: string;
  name: string;
  effect: 'allows' | 'denies';
  /** What its statement names; undefined where that is all but something. */
  resources: readonly string[] | undefined;
}

/** All that an entitlement's policy names, and what narrows it. `*` alone names nothing. */
export const namedActions = ({ policy, parameters }: Entitlement): NamedAction[] => [
  ...policy.flatMap(({ Effect, ...statement }, index) =>
    actionsOf(statement, ['policy', index], Effect === 'Allow' ? 'allows' : 'denies'),
  ),
  ...Object.entries(parameters).flatMap(([name, { narrow }]) =>
    narrow.flatMap((statement, index) =>
      actionsOf(statement, ['parameters', name, 'narrow', index], 'denies'),
    ),
  ),
];

/** Those that the list of actions has to be asked for. */
export const namedServices = ({ entries }: Pick<Catalogue, 'entries'>): Set<string> =>
  new Set(
    [...entries.values()]
      .flatMap(({ entitlement }) => namedActions(entitlement))
      .map(({ service }) => service),
  );

function actionsOf(
  { Action, Resource }: { Action: string | string[]; Resource?: string | string[] | undefined },
  path: (string | number)[],
  effect: NamedAction['effect'],
): NamedAction[] {
  const resources = Resource === undefined ? undefined : [Resource].flat();
  return [Action].flat().flatMap((action, index) => {
    const [service = '', name] = action.split(':');
    if (name === undefined) return [];
    const at = Array.isArray(Action) ? [index] : [];
    return [
      { path: [...path, 'Action', ...at], action, service: service.toLowerCase(), name, effect, resources },
    ];
  });
}
