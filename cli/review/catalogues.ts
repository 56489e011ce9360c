import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Catalogue } from '#domain/catalogue.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { ConfigurationError } from '#infra/configuration/configurationError.ts';
import { directoryGroupsFile } from '#infra/configuration/directoryGroups.ts';
import { readCatalogue } from '#infra/configuration/readCatalogue.ts';
import { type CatalogueInput, type Inputs, inputFileOf } from '#review/inputs.ts';
import { CommandError } from '../commandError.ts';

const usual = 'catalogue.yaml';

export interface CataloguesRead {
  /** By digest. */
  catalogues: Map<string, Catalogue>;
  files: Pick<Inputs, 'catalogues' | 'leftOut'>;
}

/**
 * The catalogues that were in force: those that were named, or the one of this folder. Each takes its groups also from the
 * directory's file beside it, if there is one. One that cannot be read is left out with a remark: it may be of long ago, and the others
 * still judge. Throws a `CommandError` where some were named and none of them can be read.
 */
export async function cataloguesFor(
  named: readonly string[],
  remark: (line: string) => void,
): Promise<CataloguesRead> {
  const files = named.length > 0 ? named : [usual].filter(existsSync);
  const read: CataloguesRead = { catalogues: new Map(), files: { catalogues: [], leftOut: [] } };
  const unreadable: Unreadable[] = [];
  for (const file of files) {
    const result = await catalogueOf(file);
    if ('faults' in result) unreadable.push(result);
    else {
      read.catalogues.set(result.catalogue.digest, result.catalogue);
      read.files.catalogues.push(result.input);
    }
  }
  if (named.length > 0 && read.catalogues.size === 0)
    throw new CommandError(unreadable.map(({ faults }) => faults).join('\n'));
  for (const { path, faults } of unreadable) {
    read.files.leftOut.push({ path, reason: faults.split('\n')[0] ?? '' });
    remark(
      `The catalogue ${visibleLine(path)} is left out, and what it asks for is not compared:\n${faults}`,
    );
  }
  return read;
}

interface Unreadable {
  path: string;
  /** A line each. */
  faults: string;
}

async function catalogueOf(
  path: string,
): Promise<{ catalogue: Catalogue; input: CatalogueInput } | Unreadable> {
  const beside = join(dirname(path), directoryGroupsFile);
  const groups = existsSync(beside) ? beside : undefined;
  try {
    const catalogue = await readCatalogue(path, groups);
    const input = {
      ...(await inputFileOf(path)),
      digest: catalogue.digest,
      ...(groups !== undefined && { groups: await inputFileOf(groups) }),
    };
    return { catalogue, input };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { path, faults: error.message };
  }
}
