import { placedStatements } from '../test/support/deployedPolicies.ts';
import { synthesized } from '../test/support/stacks.ts';
import type { Measured } from './measured.ts';

/** How large the deployment is, and how much of it is allowed without naming a resource. */
export async function templates(): Promise<Measured[]> {
  const stacks = synthesized();
  const everywhere = placedStatements(stacks).filter(
    ({ kind, statement: { Effect, Resource } }) =>
      kind === 'identity' && Effect === 'Allow' && [Resource].flat().includes('*'),
  );
  const resources = Object.entries(stacks.all).map(([stack, { Resources }]) => ({
    what: `Resources of ${stack}`,
    value: Object.keys(Resources).length,
    unit: 'resources',
    ...(stack === 'CountersignService' && { limit: { atMost: 100 } }),
  }));
  // Each is listed with its reason in test/cases/wildcardResources.json; boundaries grant nothing and are not counted.
  return [
    ...resources,
    {
      what: 'Roles allowed anything on Resource *',
      value: everywhere.length,
      unit: 'statements',
      limit: { atMost: 1 },
    },
  ];
}
