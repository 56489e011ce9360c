import { dirname, join } from 'node:path';
import { addressesOf, type Catalogue } from '../../domain/catalogue.ts';
import { ConfigurationError } from './configurationError.ts';
import { type DirectoryGroups, directoryGroupsFile, readDirectoryGroups } from './directoryGroups.ts';
import { describeFaults, type Fault, faultIf } from './fault.ts';
import { catalogueIn } from './readCatalogue.ts';
import { settingsIn } from './readSettings.ts';
import type { Settings } from './settings.ts';
import { settingsMeetCatalogue } from './settingsMeetCatalogue.ts';
import { readYaml, type YamlFile } from './yamlFile.ts';

/** All that an installation is made from. */
export interface Configuration {
  settings: Settings;
  catalogue: Catalogue;
  /** Sentences for whoever deploys it: nothing wrong, but nothing to overlook. */
  notes: string[];
}

/**
 * Settings and catalogue, each checked and both together. Throws a `ConfigurationError` that names every fault with its
 * line.
 */
export async function readConfiguration(files: {
  settings: string;
  catalogue: string;
}): Promise<Configuration> {
  const settingsFile = await readYaml(files.settings);
  const settings = settingsIn(settingsFile);
  const catalogueFile = await readYaml(files.catalogue);
  const directory = await directoryOf(settings, join(dirname(files.catalogue), directoryGroupsFile));
  const catalogue = catalogueIn(catalogueFile, directory?.groups.groups);
  const faults = settingsMeetCatalogue(settings, catalogue);
  const sentences = [
    ...describeFaults(settingsFile, faults.settings),
    ...describeFaults(catalogueFile, faults.catalogue),
  ];
  if (sentences.length > 0) throw new ConfigurationError(sentences);
  const notes = [...(directory ? emptyGroups(directory) : []), ...approvalNotes(catalogueFile, catalogue)];
  return { settings, catalogue, notes };
}

interface Directory {
  groups: DirectoryGroups;
  yaml: YamlFile;
}

/** The groups of the directory, where the settings name one: of that one and no other. */
async function directoryOf({ groups }: Settings, file: string): Promise<Directory | undefined> {
  if (groups.source === 'catalogue') return undefined;
  const directory = await readDirectoryGroups(file);
  const { identityStore } = directory.groups;
  if (identityStore !== groups.identityStoreId)
    throw new ConfigurationError(
      describeFaults(directory.yaml, [
        { path: ['identityStore'], message: `must be ${groups.identityStoreId}, as the settings say` },
      ]),
      'npm run groups reads the groups of that one.',
    );
  return directory;
}

function emptyGroups({ groups, yaml }: Directory): string[] {
  const empty = Object.entries(groups.groups).filter(([, people]) => people.length === 0);
  return describeFaults(
    yaml,
    empty.map(([name]) => ({ path: ['groups', name], message: 'is empty: nobody asks or approves by it' })),
  );
}

/** Where nobody has to countersign, and where not enough people can. */
function approvalNotes(file: YamlFile, catalogue: Catalogue): string[] {
  const faults = [...catalogue.entries.values()].flatMap(({ id, entitlement: { approval } }): Fault[] => {
    const path = ['entitlements', id, 'approval'];
    const short = approval.flatMap(({ count, from }, index): Fault[] => {
      const people = addressesOf(catalogue, from).size;
      const message = `wants ${count} of the ${people} people it names: no request can be approved`;
      return faultIf(people < count, [...path, index], message);
    });
    return [...faultIf(approval.length === 0, path, 'is empty: access without approval'), ...short];
  });
  return describeFaults(file, faults);
}
