import type { Catalogue } from '../../domain/catalogue.ts';
import { catalogueSchema, parseCatalogue } from '../../domain/catalogueSchema.ts';
import { ConfigurationError } from './configurationError.ts';
import { type DirectoryGroups, directoryGroupsFile, readDirectoryGroups } from './directoryGroups.ts';
import { type Fault, placeFaults } from './fault.ts';
import { schemaFaults } from './parseYaml.ts';
import { readYaml, type YamlFile } from './yamlFile.ts';

type Groups = DirectoryGroups['groups'];

/**
 * The catalogue, with the groups of a directory file if there is one. Throws a `ConfigurationError` that names every
 * fault with its line.
 */
export async function readCatalogue(file: string, groupsFile?: string): Promise<Catalogue> {
  const yaml = await readYaml(file);
  if (groupsFile === undefined) return catalogueIn(yaml);
  const { groups } = await readDirectoryGroups(groupsFile);
  return catalogueIn(yaml, groups.groups);
}

/** The catalogue that a YAML file holds, with the groups of the directory. */
export function catalogueIn(file: YamlFile, directory?: Groups): Catalogue {
  const source = directory ? withGroups(file.value, directory) : file.value;
  const faults = [...listedTwice(file.value, directory ?? {}), ...schemaFaults(catalogueSchema, source)];
  if (faults.length > 0)
    throw new ConfigurationError(
      placeFaults(file, faults),
      directory && `Groups that ${file.name} does not list come from ${directoryGroupsFile}: npm run groups.`,
    );
  return parseCatalogue(source);
}

/** Who is in a group must be said in one place: what the catalogue lists, the directory does not add to. */
function listedTwice(source: unknown, directory: Groups): Fault[] {
  const own = groupsOf(source) ?? {};
  return Object.keys(directory)
    .filter((name) => Object.hasOwn(own, name))
    .map((name) => ({
      path: ['groups', name],
      message: `stands in ${directoryGroupsFile} too: take it out here, or run npm run groups to take it out there`,
    }));
}

/** A catalogue without `groups` has them all from the directory; one where `groups` is no mapping stays as it is. */
function withGroups(source: unknown, directory: Groups): unknown {
  if (!isMapping(source)) return source;
  if (!('groups' in source)) return { ...source, groups: directory };
  return isMapping(source.groups) ? { ...source, groups: { ...source.groups, ...directory } } : source;
}

/** The groups that a catalogue lists itself. */
export function groupsOf(source: unknown): Record<string, unknown> | undefined {
  return isMapping(source) && isMapping(source.groups) ? source.groups : undefined;
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  value instanceof Object && !Array.isArray(value);
