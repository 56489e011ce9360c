import type { Catalogue } from '../../domain/catalogue.ts';
import { catalogueFindings } from '../../domain/catalogueFindings.ts';
import { actionFindings } from './actionFindings.ts';
import { awsActionsOf } from './awsActions.ts';
import type { ConfigurationFinding } from './configurationFinding.ts';
import { placeFaults } from './fault.ts';
import { namedServices } from './namedActions.ts';
import type { YamlFile } from './yamlFile.ts';

/** All that a deploy lets through and that nobody should overlook: what the rules find, and what AWS's own list does. */
export async function findingsIn(file: YamlFile, catalogue: Catalogue): Promise<ConfigurationFinding[]> {
  const aws = await awsActionsOf(namedServices(catalogue));
  return placeFaults(file, [...catalogueFindings(catalogue), ...actionFindings(catalogue, aws)]);
}
