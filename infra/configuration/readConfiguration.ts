import type { Catalogue } from '../../domain/catalogue.ts';
import { ConfigurationError } from './configurationError.ts';
import type { ConfigurationFinding } from './configurationFinding.ts';
import { placeFaults } from './fault.ts';
import { findingsIn } from './findingsIn.ts';
import { patternFaults } from './patternFaults.ts';
import { emptyGroups, pinnedGroupsOf } from './pinnedGroups.ts';
import { catalogueIn } from './readCatalogue.ts';
import { settingsIn } from './readSettings.ts';
import type { Settings } from './settings.ts';
import { settingsMeetCatalogue } from './settingsMeetCatalogue.ts';
import { readYaml } from './yamlFile.ts';

/** All that an installation is made from. */
export interface Configuration {
  settings: Settings;
  catalogue: Catalogue;
  /** For whoever deploys it: nothing that is refused, and nothing to overlook. */
  findings: ConfigurationFinding[];
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
  const pinned = await pinnedGroupsOf(settings, files.catalogue);
  const catalogue = catalogueIn(catalogueFile, pinned?.groups.groups);
  const between = settingsMeetCatalogue(settings, catalogue);
  const faults = [
    ...placeFaults(settingsFile, between.settings),
    ...placeFaults(catalogueFile, [...between.catalogue, ...patternFaults(catalogue)]),
  ];
  if (faults.length > 0) throw new ConfigurationError(faults);
  const findings = [...(pinned ? emptyGroups(pinned) : []), ...(await findingsIn(catalogueFile, catalogue))];
  return { settings, catalogue, findings };
}
