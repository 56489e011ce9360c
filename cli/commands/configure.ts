import { styleText } from 'node:util';
import { visibleLine } from '#domain/visibleText.ts';
import { namedEntitlement } from '../asking/namedEntitlement.ts';
import { awsConfigFile, awsCredentialsFile } from '../awsConfig/awsFiles.ts';
import { changedLines } from '../awsConfig/changedLines.ts';
import { processCommand } from '../awsConfig/processCommand.ts';
import {
  isOvershadowed,
  ownProfiles,
  profileName,
  withoutProfile,
  withProfile,
} from '../awsConfig/profile.ts';
import { readConfig, saveConfig } from '../awsConfig/saveConfig.ts';
import { command } from '../command.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { rememberedRequests } from '../requests/rememberedRequests.ts';
import { serviceOf, serviceOptions } from '../service.ts';
import { chosenServiceUrl, usualServiceUrl } from '../signIn/chosenServiceUrl.ts';
import { countSignIns } from '../signIn/keptSignIn.ts';
import { answer, remark } from '../terminal/answer.ts';
import { canAsk, confirm } from '../terminal/question.ts';

export const configure = command({
  name: 'configure',
  says: 'Adds a profile jit-ENTITLEMENT for each entitlement to the config file of AWS’s tools, shows what it changes, and asks first. The profile uses the newest live grant of the entitlement, whichever request that is; where this machine knows several services, it names its own. No key is written anywhere.',
  words: [
    {
      name: 'ENTITLEMENT',
      says: 'what the profile is for (all that you may ask for)',
      optional: true,
      multiple: true,
      values: 'entitlements',
    },
  ],
  options: {
    region: { type: 'string', value: 'REGION', says: 'writes a region into the profiles, too' },
    remove: { type: 'boolean', says: 'takes the profiles out again (all that countersign wrote)' },
    yes: { type: 'boolean', short: 'y', says: 'does not ask' },
    ...serviceOptions,
  },
  examples: [
    ['countersign configure orders-read', 'then: aws s3 ls --profile jit-orders-read'],
    ['countersign configure --region eu-west-1', 'all that you may ask for'],
    ['countersign configure --remove', 'none of them'],
  ],
  async run({ values, words }) {
    const file = awsConfigFile();
    const before = await readConfig(file);
    const changes = values.remove
      ? removals(before, words)
      : await additions(before, await entitlementsFor(words, values), {
          region: regionOf(values.region),
          url: await urlFor(values),
        });
    const after = changes.at(-1)?.text ?? before;
    if (after !== before) {
      const isAsked = !values.yes && canAsk();
      if (isAsked || !values.json) remark(`${file}:`, ...changes.flatMap(({ lines }) => lines));
      await agree(values.yes === true);
      await saveConfig(file, before, after);
    }
    const profiles = changes.map(({ profile, lines }) => ({ profile, isChanged: lines.length > 0 }));
    answer({ file, profiles }, () => told(profiles, values.remove === true), values);
    return exitCodes.done;
  },
});

/** The file after a step, and what a reader is shown of it. */
interface Change {
  profile: string;
  text: string;
  lines: string[];
}

async function additions(
  before: string,
  entitlements: readonly string[],
  { region, url }: { region: string | undefined; url: string | undefined },
): Promise<Change[]> {
  await refuseOvershadowed(entitlements);
  const service = url === undefined ? [] : ['--url', url];
  const processes = await Promise.all(
    entitlements.map(async (entitlement) => processCommand(['credentials', entitlement, ...service])),
  );
  return stepByStep(before, entitlements, (text, entitlement, index) =>
    withProfile(text, { entitlement, process: processes[index] ?? '', region }),
  );
}

async function refuseOvershadowed(entitlements: readonly string[]): Promise<void> {
  const file = awsCredentialsFile();
  const text = await readConfig(file);
  const taken = entitlements.filter((entitlement) => isOvershadowed(text, entitlement)).map(profileName);
  if (taken.length > 0)
    throw new CommandError(
      `${visibleLine(file)} has ${taken.join(', ')}, too, and AWS’s tools would use the keys there. Rename or remove it there, then try again.`,
    );
}

/** The service that profiles name: where this machine knows several, for their entitlements may have the same names. */
async function urlFor({ url: named }: { url?: string | undefined }): Promise<string | undefined> {
  const [url, usual] = await Promise.all([chosenServiceUrl(named), usualServiceUrl(undefined)]);
  if (named !== undefined || (usual !== undefined && usual !== url)) return url;
  const [signIns, remembered] = await Promise.all([countSignIns(), rememberedRequests()]);
  return signIns > 1 || remembered.some((request) => request.url !== url) ? url : undefined;
}

function removals(before: string, words: readonly string[]): Change[] {
  const own = ownProfiles(before).map(({ entitlement }) => entitlement);
  return stepByStep(before, words.length > 0 ? words : own, withoutProfile);
}

function stepByStep(
  before: string,
  entitlements: readonly string[],
  step: (text: string, entitlement: string, index: number) => string,
): Change[] {
  let text = before;
  return entitlements.map((entitlement, index) => {
    const next = step(text, entitlement, index);
    const change = { profile: profileName(entitlement), text: next, lines: shown(text, next) };
    text = next;
    return change;
  });
}

const shown = (before: string, after: string): string[] =>
  changedLines(before, after)
    .filter((line) => !isBlank(line))
    .map((line) => {
      const text = visibleLine(Buffer.from(line, 'latin1').toString());
      return styleText(line.startsWith('+') ? 'green' : 'red', `  ${text}`, { stream: process.stderr });
    });

/** What parts a profile from others says nothing to a reader. */
const isBlank = (line: string): boolean => /^[+-] $/.test(line);

/** Those that are named, or all there are. A profile for a name that does not exist would only fail later. */
async function entitlementsFor(
  words: readonly string[],
  values: { url?: string | undefined },
): Promise<readonly string[]> {
  const { api } = await serviceOf(values);
  const known = await api.entitlements();
  if (words.length === 0 && known.length === 0)
    throw new CommandError('There is nothing that you may ask for, so no profile is of use.', exitCodes.no);
  const named = words.length > 0 ? words.map((word) => namedEntitlement(known, word)) : known;
  return [...new Set(named.map(({ id }) => id))];
}

function regionOf(region: string | undefined): string | undefined {
  if (region === undefined || /^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return region;
  throw new CommandError(`"${visibleLine(region)}" is no region. Give one such as eu-west-1.`);
}

async function agree(isGiven: boolean): Promise<void> {
  if (isGiven) return;
  if (!canAsk())
    throw new CommandError('Nothing was written: here is nobody to ask. Look at the change, then add --yes.');
  if (!(await confirm('Write this?'))) throw new CommandError('Nothing was written.', exitCodes.no);
}

function told(profiles: readonly { profile: string; isChanged: boolean }[], isRemoved: boolean): string[] {
  const [first] = profiles;
  if (!first) return ['countersign has written no profile there.'];
  const changed = profiles.filter(({ isChanged }) => isChanged).map(({ profile }) => profile);
  if (isRemoved) return [changed.length > 0 ? `Removed ${changed.join(', ')}.` : 'There is no such profile.'];
  const lead = changed.length > 0 ? `Wrote ${changed.join(', ')}.` : 'All is as it should be.';
  return [`${lead} Use it: aws … --profile ${first.profile}`];
}
