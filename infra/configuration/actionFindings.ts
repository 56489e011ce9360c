import type { Catalogue } from '../../domain/catalogue.ts';
import type { CatalogueFinding } from '../../domain/catalogueFinding.ts';
import { coversAction, hasWildcard } from '../../domain/wildcards.ts';
import type { AwsAction, AwsActions } from './awsActions.ts';
import { type NamedAction, namedActions } from './namedActions.ts';
import { nearestName } from './nearestName.ts';
import { unmetResource } from './unmetResource.ts';

/**
 * What a catalogue names that AWS does not have, or that AWS never asks about in that way: IAM takes both without a word, and a
 * statement that was to deny something denies nothing. A warning, because AWS has new actions before the list has them.
 */
export const actionFindings = (
  { entries }: Pick<Catalogue, 'entries'>,
  aws: AwsActions,
): CatalogueFinding[] =>
  [...entries.values()].flatMap(({ id, entitlement }) =>
    namedActions(entitlement).flatMap((named) =>
      messagesOn(named, aws).map((message) => ({
        severity: 'warning' as const,
        path: ['entitlements', id, ...named.path],
        message,
      })),
    ),
  );

function messagesOn(named: NamedAction, aws: AwsActions): string[] {
  const { action, service, name } = named;
  if (hasWildcard(service)) return [];
  const list = `in the list of ${aws.asOf}`;
  if (!aws.services.includes(service)) {
    const meant = nearestName(service, aws.services);
    return [`${action} is of no service of AWS ${list}${perhaps(meant && `${meant}:${name}`)}`];
  }
  const actions = aws.actions.get(service) ?? [];
  const meant = actions.filter((known) => coversAction(name, known.name));
  if (meant.length > 0) {
    const unmet = unmetResource(named, { meant, list });
    return unmet === undefined ? [] : [`${action} ${unmet}`];
  }
  const nearest = nearestAction(name, actions);
  const what = hasWildcard(name) ? 'matches no action' : 'is no action';
  return [`${action} ${what} of AWS ${list}${perhaps(nearest && `${service}:${nearest}`)}`];
}

const perhaps = (meant: string | undefined): string =>
  meant ? `: perhaps ${meant} is meant` : '. Correct it, unless it is newer than the list';

/** Of a pattern such as `Gett*` the verb can be told: `Get*`. */
function nearestAction(name: string, actions: readonly AwsAction[]): string | undefined {
  const names = actions.map((action) => action.name);
  if (!hasWildcard(name)) return nearestName(name, names);
  const beginning = name.slice(0, -1);
  if (!name.endsWith('*') || hasWildcard(beginning)) return undefined;
  const verbs = names.flatMap((known) => /^[A-Z][a-z]+/.exec(known) ?? []);
  const nearest = nearestName(beginning, [...new Set(verbs)]);
  return nearest && `${nearest}*`;
}
