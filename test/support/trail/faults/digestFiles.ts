import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { addSeconds } from '#domain/instant.ts';
import type { Delivered } from '../deliverWorld.ts';
import { digestChain, publicKeyList, signingKey } from '../digests.ts';
import { organisation } from '../organisation.ts';
import { type Expected, type Fault, may, must } from './fault.ts';
import { accountOf, aLogFile } from './logFiles.ts';
import { rewrite } from './rewrite.ts';

/** Of the service account, where logs are delivered all the time. */
const digestsOf = async ({ logs }: Delivered): Promise<string[]> => {
  const all = await readdir(logs, { recursive: true });
  return all
    .filter(
      (path) =>
        path.includes(`${organisation.accounts.access}/CloudTrail-Digest`) && path.endsWith('.json.gz'),
    )
    .sort();
};

async function newestDigest(delivered: Delivered): Promise<string> {
  const digests = await digestsOf(delivered);
  const newest = digests.filter((path) => path.includes('/us-east-1/')).at(-1);
  if (newest === undefined) throw new RangeError('There is no digest.');
  return newest;
}

const namesLogs = (digest: string): boolean =>
  JSON.parse(gunzipSync(readFileSync(digest)).toString()).logFiles.length > 0;

/** Done to a digest in the middle of a chain. */
const toDigest = (
  name: string,
  rules: string[],
  change: (path: string, delivered: Delivered) => Promise<void>,
): Fault => ({
  name,
  digests: true,
  alone: true,
  async alter(delivered) {
    const digests = await digestsOf(delivered);
    const path = digests.slice(1).find((digest) => namesLogs(join(delivered.logs, digest)));
    if (path === undefined) throw new RangeError('No digest names a log file.');
    await change(join(delivered.logs, path), delivered);
    const [rule = '', ...others] = rules;
    const { access } = organisation.accounts;
    return [must(rule, path, access), ...others.map((other) => may(other, path, access))];
  },
});

/** Done to digest files, their signatures and their keys. */
export const digestFileFaults: readonly Fault[] = [
  toDigest(
    'A digest was deleted from the middle of its chain.',
    ['digest-missing', 'gap-in-coverage', 'log-not-covered', 'signature-missing'],
    (file) => rm(file),
  ),
  toDigest('A hash in a digest was changed.', ['digest-altered', 'log-not-covered', 'log-altered'], (file) =>
    rewrite(file, (content) => content.replace(/"hashValue":"[0-9a-f]{8}/, '"hashValue":"00000000')),
  ),
  {
    name: 'A log file was deleted, and the digest written again without it and without the key.',
    digests: true,
    alone: true,
    async alter(delivered): Promise<Expected[]> {
      const { path } = aLogFile(delivered);
      const digest = delivered.chains.flat().find(({ content }) => content.includes(path));
      if (!digest) throw new RangeError('No digest names this log file.');
      await rm(join(delivered.logs, path));
      await rewrite(join(delivered.logs, digest.key), (content) => {
        const { logFiles, ...document } = JSON.parse(content);
        const others = logFiles.filter(({ s3Object }: { s3Object: string }) => s3Object !== path);
        return JSON.stringify({ ...document, logFiles: others });
      });
      return [must('digest-altered', digest.key), may('log-not-covered', accountOf(path))];
    },
  },
  toDigest(
    'A digest was moved to another day.',
    ['digest-moved', 'digest-missing', 'gap-in-coverage', 'signature-missing', 'log-not-covered'],
    async (file) => {
      await mkdir(join(dirname(file), 'moved'));
      await rename(file, join(dirname(file), 'moved', basename(file)));
    },
  ),
  toDigest(
    'A digest cannot be read.',
    ['digest-unreadable', 'digest-missing', 'gap-in-coverage', 'log-not-covered', 'signature-missing'],
    async (file) => writeFile(file, (await readFile(file)).subarray(0, 40)),
  ),
  {
    name: 'Two digests follow from one.',
    digests: true,
    alone: true,
    async alter({ logs, chains }): Promise<Expected[]> {
      const { access: account } = organisation.accounts;
      const after = chains.flat().find(({ key }) => key.includes(`/${account}/CloudTrail-Digest/us-east-1/`));
      if (!after) throw new RangeError('There is no digest.');
      const start = String(after.document.digestEndTime);
      const place = { bucket: 'trail-bucket', prefix: 'AWSLogs/', account, region: 'us-east-1' };
      const trail = { trail: 'management-events', homeRegion: 'us-east-1' };
      const hours = [{ start, end: addSeconds(start, 1_800), logs: [] }];
      const [fork] = digestChain({ ...place, ...trail }, hours, { after });
      if (!fork) throw new RangeError('There is no fork.');
      await writeFile(join(logs, fork.key), gzipSync(fork.content));
      const rules = ['signature-missing', 'gap-in-coverage', 'digest-missing', 'log-not-covered'];
      return [must('digest-forked', fork.key, account), ...rules.map((rule) => may(rule, fork.key, account))];
    },
  },
  {
    name: 'The newest digest has the signature of something else beside it.',
    digests: true,
    alone: true,
    async alter(delivered): Promise<Expected[]> {
      const newest = await newestDigest(delivered);
      await writeFile(join(delivered.logs, `${newest}.signature`), 'ab'.repeat(256));
      return [must('signature-wrong', newest), may('log-not-covered', organisation.accounts.access)];
    },
  },
  {
    name: 'The keys of a region were not fetched.',
    digests: true,
    alone: true,
    async alter({ keys = '' }): Promise<Expected[]> {
      await writeFile(keys, publicKeyList([signingKey('us-east-1')]));
      return [must('key-unknown', 'eu-west-1'), may('log-not-covered', 'eu-west-1')];
    },
  },
  {
    name: 'The key file has another key under the fingerprint of a region’s.',
    digests: true,
    alone: true,
    async alter({ keys = '' }): Promise<Expected[]> {
      const { fingerprint } = signingKey('eu-west-1');
      const { der } = signingKey('somebody else');
      await writeFile(keys, publicKeyList([signingKey('us-east-1'), { fingerprint, der }]));
      return [
        must('key-differs', fingerprint, keys),
        ...['signature-wrong', 'key-unknown', 'log-not-covered', 'digest-altered'].map((rule) =>
          may(rule, 'eu-west-1'),
        ),
      ];
    },
  },
  {
    name: 'The side file of the newest digest is missing.',
    digests: true,
    alone: true,
    async alter(delivered): Promise<Expected[]> {
      const newest = await newestDigest(delivered);
      await rm(join(delivered.logs, `${newest}.signature`));
      return [must('signature-missing', newest)];
    },
  },
];
