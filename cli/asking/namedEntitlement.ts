import type { Entitlement } from '#client/answers.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { nearestName } from '#infra/configuration/nearestName.ts';
import { CommandError } from '../commandError.ts';

/** The entitlement of that name. Throws a `CommandError` that names the one that was probably meant. */
export function namedEntitlement(entitlements: readonly Entitlement[], name: string): Entitlement {
  const found = entitlements.find(({ id }) => id === name);
  if (found) return found;
  const meant = nearestName(
    name,
    entitlements.map(({ id }) => id),
  );
  const next = meant ? `Did you mean "${visibleLine(meant)}"?` : 'countersign list shows what there is.';
  throw new CommandError(`There is no entitlement "${visibleLine(name)}" that you may ask for. ${next}`);
}
