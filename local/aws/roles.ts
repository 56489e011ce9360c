import type { RoleDefinition } from '#infra/definitions.ts';
import type { Store } from '../store.ts';
import { uniqueId } from './sessions.ts';

/** A deployed role with its unique id, which stays the same for as long as the store does. */
export interface Role {
  arn: string;
  roleId: string;
  definition: RoleDefinition;
}

export type Roles = ReadonlyMap<string, Role>;

export const roleArnOf = (role: RoleDefinition): string => `arn:aws:iam::${role.account}:role/${role.name}`;

/** The roles by ARN. */
export function createRoles(store: Store, definitions: RoleDefinition[]): Roles {
  const table = store.table<{ roleId: string }>('role');
  const roles = new Map<string, Role>();
  for (const definition of definitions) {
    const arn = roleArnOf(definition);
    const roleId = table.get(arn)?.roleId ?? uniqueId('AROA');
    table.set(arn, { roleId });
    roles.set(arn, { arn, roleId, definition });
  }
  return roles;
}

/** What an administrator of the account does to a role: the new definition counts from the next call on. */
export function changeRole(
  roles: Roles,
  arn: string,
  change: (definition: RoleDefinition) => RoleDefinition,
): void {
  const role = roles.get(arn);
  if (role === undefined) throw new RangeError(`There is no role ${arn}.`);
  role.definition = change(role.definition);
}
