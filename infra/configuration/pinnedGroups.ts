import { dirname, join } from 'node:path';
import { ConfigurationError } from './configurationError.ts';
import type { ConfigurationFinding } from './configurationFinding.ts';
import { type DirectoryGroups, directoryGroupsFile, readDirectoryGroups } from './directoryGroups.ts';
import { placeFaults } from './fault.ts';
import type { Settings } from './settings.ts';
import type { YamlFile } from './yamlFile.ts';

/** The directory's groups as they are pinned in a file. */
export interface PinnedGroups {
  groups: DirectoryGroups;
  yaml: YamlFile;
}

/**
 * The groups of the directory, from the file beside the catalogue, where the settings name one: of that one and no other. Throws a
 * `ConfigurationError`.
 */
export async function pinnedGroupsOf(
  { groups }: Pick<Settings, 'groups'>,
  catalogueFile: string,
): Promise<PinnedGroups | undefined> {
  if (groups.source === 'catalogue') return undefined;
  const pinned = await readDirectoryGroups(join(dirname(catalogueFile), directoryGroupsFile));
  const { identityStore } = pinned.groups;
  if (identityStore !== groups.identityStoreId)
    throw new ConfigurationError(
      placeFaults(pinned.yaml, [
        { path: ['identityStore'], message: `must be ${groups.identityStoreId}, as the settings say` },
      ]),
      'npm run groups reads the groups of that one.',
    );
  return pinned;
}

/** Groups of the directory that nobody is in: they fail closed, and that should be seen. */
export function emptyGroups({ groups, yaml }: PinnedGroups): ConfigurationFinding[] {
  const empty = Object.entries(groups.groups).filter(([, people]) => people.length === 0);
  const findings = empty.map(([name]) => ({
    severity: 'warning' as const,
    path: ['groups', name],
    message: 'is empty: nobody asks or approves by it',
  }));
  return placeFaults(yaml, findings);
}
