import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { visibleLine } from '#domain/visibleText.ts';
import { ConfigurationError } from '#infra/configuration/configurationError.ts';
import type { ConfigurationFinding } from '#infra/configuration/configurationFinding.ts';
import { placeFaults } from '#infra/configuration/fault.ts';
import { findingsIn } from '#infra/configuration/findingsIn.ts';
import { patternFaults } from '#infra/configuration/patternFaults.ts';
import { catalogueIn } from '#infra/configuration/readCatalogue.ts';
import { readConfiguration } from '#infra/configuration/readConfiguration.ts';
import { readYaml } from '#infra/configuration/yamlFile.ts';
import { CommandError } from '../commandError.ts';

/** Which files were checked, and what is to be said of them. */
export interface Checked {
  files: string[];
  findings: readonly ConfigurationFinding[];
}

/** Checks a catalogue, and the settings beside it where there are some. Throws a `CommandError` where there is no such file. */
export async function checkFiles(catalogue: string): Promise<Checked> {
  if (!(await isReadable(catalogue)))
    throw new CommandError(
      `${visibleLine(catalogue)} is not there, or cannot be read. Name the catalogue: countersign lint FILE`,
    );
  const settings = join(dirname(catalogue), 'countersign.config.yaml');
  const hasSettings = await isReadable(settings);
  const files = hasSettings ? [settings, catalogue] : [catalogue];
  try {
    return { files, findings: await (hasSettings ? bothOf(settings, catalogue) : aloneOf(catalogue)) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { files, findings: error.faults.map((fault) => ({ severity: 'fault', ...fault })) };
  }
}

const bothOf = async (settings: string, catalogue: string): Promise<ConfigurationFinding[]> =>
  (await readConfiguration({ settings, catalogue })).findings;

async function aloneOf(file: string): Promise<ConfigurationFinding[]> {
  const yaml = await readYaml(file);
  const catalogue = catalogueIn(yaml);
  const faults = placeFaults(yaml, patternFaults(catalogue));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return findingsIn(yaml, catalogue);
}

const isReadable = (file: string): Promise<boolean> =>
  access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
