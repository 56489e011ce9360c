import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Instant } from '#domain/instant.ts';
import type { Period } from '#review/findings/finding.ts';
import type { Integrity } from '#review/integrity/integrity.ts';
import { readPublicKeys } from '#review/integrity/publicKeys.ts';
import { validateIntegrity } from '#review/integrity/validate.ts';
import { listInput } from '#review/reader/logInput.ts';
import { readTrail } from '#review/reader/readTrail.ts';
import { type SignedDigest, writeDigests, writeKeyFile } from '../../support/trail/digests.ts';

export const account = '111122223333';
export const region = 'us-east-1';

/** The first digest begins then. */
export const begin = '2026-11-22T10:01:31Z';
/** The fourth and last one ends then. */
export const end = '2026-11-22T14:01:31Z';

/** Four hours of deliveries, none in the third. */
const minutes = ['10:05', '10:55', '11:30', '13:10', '13:55'];

export const logKey = (minute: string, prefix = 'AWSLogs/'): string =>
  `${prefix}${account}/CloudTrail/${region}/2026/11/22/${account}_CloudTrail_${region}_20261122T${minute.replace(':', '')}Z_${`log${minute.replace(':', 'x')}`.padEnd(16, 'A')}.json.gz`;

export const logContent = (minute: string): string =>
  JSON.stringify({
    Records: [
      {
        eventVersion: '1.11',
        eventID: `00000000-0000-4000-8000-00000000${minute.replace(':', '')}`,
        eventTime: `2026-11-22T${minute}:00Z`,
        eventSource: 'sts.amazonaws.com',
        eventName: 'GetCallerIdentity',
        awsRegion: region,
        recipientAccountId: account,
        userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/alice`, accountId: account },
      },
    ],
  });

/** A folder that a trail was fetched to, and what a test may do to it. */
export interface DeliveredFolder {
  directory: string;
  keysFile: string;
  /** By time; the newest has its signature beside it. */
  digests: SignedDigest[];
  write(path: string, content: Buffer | string): Promise<void>;
  remove(path: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** Changes the uncompressed content of a file. */
  edit(path: string, change: (text: string) => string): Promise<void>;
  bytes(path: string): Promise<Buffer>;
  validate(options?: { period?: Period; directory?: string; keys?: string | undefined }): Promise<Integrity>;
}

/** Writes logs of four hours with their digests, signature and keys. */
export async function deliveredFolder({
  prefix = 'AWSLogs/',
  logs = minutes,
  from = begin,
  to = end,
}: {
  prefix?: string;
  logs?: string[];
  from?: Instant;
  to?: Instant;
} = {}): Promise<DeliveredFolder> {
  const folder = await emptyFolder();
  for (const minute of logs) await folder.write(logKey(minute, prefix), gzipSync(logContent(minute)));
  const [digests = []] = await writeDigests(folder.directory, { from, to });
  return { ...folder, digests };
}

/** A folder with keys and nothing else, removed after the test. */
export async function emptyFolder(): Promise<DeliveredFolder> {
  const root = await mkdtemp(join(tmpdir(), 'countersign-integrity-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [directory, keysFile] = [join(root, 'trail'), join(root, 'keys.json')];
  await mkdir(directory);
  await writeKeyFile(keysFile, [region]);
  const at = (path: string): string => join(directory, path);
  const write = async (path: string, content: Buffer | string): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), content);
  };
  return {
    directory,
    keysFile,
    digests: [],
    write,
    remove: (path) => rm(at(path), { recursive: true }),
    move: async (from, to) => {
      await mkdir(dirname(at(to)), { recursive: true });
      await rename(at(from), at(to));
    },
    edit: async (path, change) =>
      write(path, gzipSync(change(gunzipSync(await readFile(at(path))).toString()))),
    bytes: (path) => readFile(at(path)),
    validate: (options = {}) => validate({ directory, keys: keysFile, ...options }),
  };
}

async function validate({
  directory,
  keys,
  period = {},
}: {
  directory: string;
  keys: string | undefined;
  period?: Period;
}): Promise<Integrity> {
  const input = await listInput(directory);
  const trail = await readTrail(input, { workers: 1, hashContents: true });
  const publicKeys = keys === undefined ? [] : await readPublicKeys(keys);
  return validateIntegrity({ directory, input, trail, keys: publicKeys, period });
}

/** What is wrong, in short. */
export const faultsOf = ({ faults }: Integrity): string[] =>
  faults.map(({ kind, file }) => `${kind} ${file}`);
