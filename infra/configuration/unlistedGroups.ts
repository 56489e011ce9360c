import { peopleSchema } from '../../domain/entitlementSchema.ts';
import { groupsOf } from './readCatalogue.ts';

/** The groups that a catalogue as it is written names somewhere and does not list itself. */
export function unlistedGroups(source: unknown): string[] {
  const listed = groupsOf(source) ?? {};
  const named = new Set(groupsNamedIn(source));
  return [...named].filter((name) => !Object.hasOwn(listed, name)).sort();
}

/** Looks for people wherever they can stand, so that a rule which the catalogue gets one day is not forgotten here. */
function groupsNamedIn(value: unknown): string[] {
  if (!(value instanceof Object)) return [];
  const people = Array.isArray(value) ? undefined : peopleSchema.safeParse(value).data;
  return [...(people?.groups ?? []), ...Object.values(value).flatMap(groupsNamedIn)];
}
