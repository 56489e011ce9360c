import { rememberedOf } from '../sessions/remembered.ts';
import type { LogFile } from './trail.ts';

/** Whose events a log file holds, and of which region. */
export interface LogPlace {
  account: string;
  region: string;
}

/** Account and region of a log file by its name or by the folders it lies in; undefined where neither says. */
export function placeOf(path: string): LogPlace | undefined {
  const [, account, region] =
    /^(\d{12})_CloudTrail_([a-z0-9-]+)_/.exec(path.slice(path.lastIndexOf('/') + 1)) ??
    /(?:^|\/)(\d{12})\/CloudTrail\/([a-z0-9-]+)\//.exec(path) ??
    [];
  return account !== undefined && region !== undefined ? { account, region } : undefined;
}

/** The log files of one account and region, or those of which neither name nor folder says whose they are. */
export interface FilesOfPlace {
  place: LogPlace | undefined;
  files: LogFile[];
}

/** Log files by account and region. Remembered: several rules ask, and there can be a million files. */
export const filesByPlace = rememberedOf((files: readonly LogFile[]): FilesOfPlace[] => {
  const places = new Map<string, FilesOfPlace>();
  for (const file of files) {
    const place = placeOf(file.path);
    const name = place ? `${place.account} ${place.region}` : '';
    const same = places.get(name);
    if (same) same.files.push(file);
    else places.set(name, { place, files: [file] });
  }
  return [...places.values()];
});
