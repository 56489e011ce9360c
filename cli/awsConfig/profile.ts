import { CommandError } from '../commandError.ts';
import { lineEndOf, type Section, sectionsOf, settingOf, textOf } from './sections.ts';

/** A profile whose credentials come from countersign. */
export interface Profile {
  entitlement: string;
  /** The value of `credential_process`. */
  process: string;
  region?: string | undefined;
}

const prefix = 'jit-';

export const profileName = (entitlement: string): string => `${prefix}${entitlement}`;

/**
 * The config file with a profile: changed where it is there, at the end where it is not. All else stays as it is, to the byte, and a last
 * line without an end is followed by one without: so `withoutProfile` can restore the file. Throws a `CommandError` where that name is taken
 * by a profile of somebody else's.
 */
export function withProfile(text: string, profile: Profile): string {
  const sections = sectionsOf(text);
  const own = ownSection(sections, profile.entitlement);
  const end = lineEndOf(text);
  const settings = [
    ['credential_process', profile.process],
    ...(profile.region === undefined ? [] : [['region', profile.region]]),
  ] as [string, string][];
  if (own) {
    for (const [key, value] of settings) set(own, { key, value, end });
    return textOf(sections);
  }
  const lines = [
    `[profile ${profileName(profile.entitlement)}]`,
    ...settings.map(([key, value]) => `${key} = ${value}`),
  ];
  return `${text}${gapAfter(text, end)}${lines.join(end)}${isEnded(text) ? end : ''}`;
}

/**
 * The config file without a profile of ours; the same where there is none. Comments above the next profile stay, and so does an empty line
 * that parts what is left; one that only parted the profile from others goes with it.
 */
export function withoutProfile(text: string, entitlement: string): string {
  const sections = sectionsOf(text);
  const own = ownSection(sections, entitlement);
  if (!own) return text;
  const at = sections.indexOf(own);
  const last = own.lines.findLastIndex((line) => !/^\s*([#;]|$)/.test(line));
  const above = sections.slice(0, at).flatMap(({ lines }) => lines);
  const below = [...own.lines.slice(last + 1), ...sections.slice(at + 1).flatMap(({ lines }) => lines)];
  let end = lineEndOf(text);
  if (isEmpty(below[0])) {
    if (above.length === 0) below.shift();
    else if (isEmpty(above.at(-1))) end = above.pop() ?? end;
  }
  const rest = [...above, ...below].join('');
  return !isEnded(text) && rest.endsWith(end) ? rest.slice(0, -end.length) : rest;
}

/** The profiles that countersign wrote, in the order of the file. */
export function ownProfiles(text: string): Profile[] {
  return sectionsOf(text).flatMap((section) => {
    const entitlement = section.name.startsWith(`profile ${prefix}`)
      ? section.name.slice(`profile ${prefix}`.length)
      : undefined;
    const process = valueIn(section, 'credential_process');
    return entitlement !== undefined && process !== undefined && isOurs(process, entitlement)
      ? [{ entitlement, process, region: valueIn(section, 'region') }]
      : [];
  });
}

/**
 * Whether the credentials file has a profile of the same name: its keys would win, and nobody would see.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export const isOvershadowed = (credentialsFile: string, entitlement: string): boolean =>
  sectionsOf(credentialsFile).some(({ name }) => name === profileName(entitlement));

function ownSection(sections: readonly Section[], entitlement: string): Section | undefined {
  const name = profileName(entitlement);
  const [section, ...others] = sections.filter((each) => each.name === `profile ${name}`);
  if (others.length > 0)
    throw new CommandError(
      `There are ${others.length + 1} profiles ${name} in the file. Leave one of them, then try again.`,
    );
  if (!section) return undefined;
  const process = valueIn(section, 'credential_process');
  if (process !== undefined && isOurs(process, entitlement)) return section;
  throw new CommandError(
    `There is a profile ${name} that countersign did not write, so it is left as it is. Rename it, then try again.`,
  );
}

/** With or without the service that it is for. */
const isOurs = (process: string, entitlement: string): boolean =>
  /\bcountersign\b/.test(process) &&
  process.replace(/ --url \S+$/, '').endsWith(` credentials ${entitlement}`);

const valueIn = ({ lines }: Section, wanted: string): string | undefined =>
  lines.map(settingOf).find((setting) => setting?.key === wanted)?.value;

/** In place where the setting is there, else below the last one. */
function set({ lines }: Section, { key, value, end }: { key: string; value: string; end: string }): void {
  const at = lines.findIndex((line) => settingOf(line)?.key === key);
  const line = lines[at];
  if (line === undefined) {
    const last = lines.findLastIndex((each) => settingOf(each) !== undefined);
    const wasEnded = isEnded(lines[last]);
    if (!wasEnded) lines[last] += end;
    lines.splice(last + 1, 0, `${key} = ${value}${wasEnded ? end : ''}`);
  } else if (settingOf(line)?.value !== value) {
    lines[at] = `${key} = ${value}${/\r?\n$/.exec(line)?.[0] ?? ''}`;
  }
}

/** Whether another line can follow as it is. */
const isEnded = (text = ''): boolean => text === '' || text.endsWith('\n');

/** Also what stands before the first line and after the last one. */
const isEmpty = (line = ''): boolean => /^\r?\n?$/.test(line);

/** An empty line between what is there and what comes. */
function gapAfter(text: string, end: string): string {
  if (text === '' || /(^|\n)\r?\n$/.test(text)) return '';
  return text.endsWith('\n') ? end : end + end;
}
