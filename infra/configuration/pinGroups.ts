import { readFile, writeFile } from 'node:fs/promises';
import { awsCliDirectory, DirectoryError } from './awsCliDirectory.ts';
import { ConfigurationError } from './configurationError.ts';
import { type DirectoryGroup, type Progress, readGroups } from './directory.ts';
import {
  type DirectoryGroups,
  directoryGroupsFile,
  readDirectoryGroups,
  renderDirectoryGroups,
} from './directoryGroups.ts';
import { describeChanges } from './groupChanges.ts';
import { catalogueIn } from './readCatalogue.ts';
import { readSettings } from './readSettings.ts';
import { unlistedGroups } from './unlistedGroups.ts';
import { readYaml } from './yamlFile.ts';

/** Where a run says what it did, and what went wrong. */
type Terminal = Pick<Console, 'log' | 'error'>;

/**
 * `npm run groups`: reads the groups that the catalogue leaves to the directory, and writes beside it who is in them. Works in
 * the current folder; answers the exit code.
 */
export async function pinGroups(terminal: Terminal): Promise<number> {
  try {
    await pin(terminal);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof DirectoryError)) throw error;
    terminal.error(error.message);
    return 1;
  }
}

async function pin(terminal: Terminal): Promise<void> {
  const { groups: source } = await readSettings('countersign.config.yaml');
  if (source.source === 'catalogue')
    throw new ConfigurationError(['The settings name no directory: groups.source is catalogue.']);
  const found = await readGroups(awsCliDirectory(source), await namesToRead(), showProgress(terminal));
  const people = mapGroups(found, (group) => group.people);
  const committed = await committedGroups();
  const changes = describeChanges(committed?.groups ?? {}, people);
  for (const line of changes) terminal.log(line);
  for (const [name, { remarks }] of found)
    for (const remark of remarks) terminal.error(`${name}: ${remark}.`);

  const render = (readAt: string): string =>
    renderDirectoryGroups(
      { identityStore: source.identityStoreId, readAt, groups: people },
      mapGroups(found, (group) => group.remarks),
    );
  // A change of the time alone would be a pull request about nothing.
  if (committed && render(committed.readAt) === (await readFile(directoryGroupsFile, 'utf8'))) return;
  await writeFile(directoryGroupsFile, render(`${new Date().toISOString().slice(0, 19)}Z`));
  terminal.log(`${directoryGroupsFile} is written: it takes effect when it is reviewed and deployed.`);
}

/** Checks the whole catalogue first: with a fault in it, groups could be missing from what is read. */
async function namesToRead(): Promise<string[]> {
  const file = await readYaml('catalogue.yaml');
  const names = unlistedGroups(file.value);
  catalogueIn(file, Object.fromEntries(names.map((name) => [name, []])));
  return names;
}

/** What the file says so far; nothing when there is none, or one that a merge has left in pieces. */
async function committedGroups(): Promise<DirectoryGroups | undefined> {
  try {
    return (await readDirectoryGroups(directoryGroupsFile)).groups;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

const mapGroups = (
  groups: ReadonlyMap<string, DirectoryGroup>,
  pick: (group: DirectoryGroup) => string[],
): Record<string, string[]> => Object.fromEntries([...groups].map(([name, group]) => [name, pick(group)]));

/** A line every few seconds, for groups that take long. */
function showProgress(terminal: Terminal): Progress {
  let last = Date.now();
  return (group, done, total) => {
    if (Date.now() - last < 3_000) return;
    last = Date.now();
    terminal.error(`${group}: ${done} of ${total} people read …`);
  };
}

if (import.meta.main) process.exitCode = await pinGroups(console);
