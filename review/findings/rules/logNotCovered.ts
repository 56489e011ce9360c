import { addSeconds, type Instant } from '#domain/instant.ts';
import { filesByPlace, placeOf } from '../../reader/logPlaces.ts';
import type { LogFile } from '../../reader/trail.ts';
import { digestSeconds } from '../coverage.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { counted } from '../words.ts';

/**
 * Log files that no digest names, where digests were given: nothing shows that CloudTrail wrote them. One finding for each account and
 * region. Medium: mostly digests were not fetched along, and now and then a file was slipped in. Info for files that the next digest
 * will name, unless they hold events from long before the newest one: those should have been in it.
 */
export const logNotCovered: FindingRule = {
  name: 'log-not-covered',
  promise: 'Every log file is named by a digest.',
  find(material) {
    const { integrity, trail } = material;
    if (integrity.verdict === 'none') return [];
    const files = new Map(trail.files.map((file) => [file.path, file]));
    const fileOf = (path: string): LogFile => files.get(path) ?? { path, bytes: 0, sha256: '', records: 0 };
    const pending = integrity.pending.map(fileOf);
    const late = pending.filter((file) => isLate(file, material));
    return [
      ...byPlace(integrity.uncovered.map(fileOf), 'medium', {
        one: 'stands in no digest',
        several: 'stand in no digest',
        next: 'fetch the digests of that account and region, and ask where the files come from',
      }),
      ...byPlace(late, 'medium', {
        one: 'is named as if the next digest were to cover it, and holds events of long before',
        several: 'are named as if the next digest were to cover them, and hold events of long before',
        next: 'fetch that digest, and ask where the files come from',
      }),
      ...byPlace(
        pending.filter((file) => !late.includes(file)),
        'info',
        {
          one: 'is newer than the newest digest, and the next one names it',
          several: 'are newer than the newest digest, and the next one names them',
          next: 'fetch that digest, or leave out what it is to name',
        },
      ),
    ];
  },
};

/** Whether a file holds what the newest digest of its account and region should have covered. */
function isLate({ path, first }: LogFile, { integrity }: Material): boolean {
  const place = placeOf(path);
  const newest = integrity.chains
    .filter(({ account, region }) => account === place?.account && region === place.region)
    .reduce<Instant>((latest, { to }) => (to > latest ? to : latest), '');
  return newest !== '' && first !== undefined && first < addSeconds(newest, -digestSeconds);
}

interface What {
  one: string;
  several: string;
  next: string;
}

function byPlace(
  files: readonly LogFile[],
  severity: Observation['severity'],
  { one, several, next }: What,
): Observation[] {
  return filesByPlace(files).map(({ place, files: group }) => {
    const name = place ? `${place.account} ${place.region}` : 'no account';
    const [example] = group.map(({ path }) => path).sort();
    return {
      severity,
      at: group.flatMap(({ first }) => first ?? []).sort()[0],
      until: group
        .flatMap(({ last }) => last ?? [])
        .sort()
        .at(-1),
      subject: name,
      account: place?.account,
      message:
        group.length === 1
          ? `1 log file of ${name}, ${example}, ${one}: ${next}.`
          : `${counted(group.length, 'log file')} of ${name}, such as ${example}, ${several}: ${next}.`,
      eventIds: [],
    };
  });
}
