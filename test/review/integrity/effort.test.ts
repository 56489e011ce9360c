import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Digest, NamedLog } from '#review/integrity/digest.ts';
import { indexLogs, matchLogs } from '#review/integrity/logIndex.ts';
import { judgeLogs } from '#review/integrity/logProof.ts';
import { type ProvenDigest, proveDigests } from '#review/integrity/proof.ts';
import type { ReadDigest } from '#review/integrity/readDigests.ts';
import type { LogFile } from '#review/reader/trail.ts';
import { countingReads } from '../countingReads.ts';
import { account, begin, end, region } from './deliveredFolder.ts';

const many = <One>(count: number, one: (number: number) => One): One[] =>
  Array.from({ length: count }, (_, number) => one(number));
const sha256 = (number: number): string => number.toString(16).padStart(64, '0');
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** A key that is read each time that a signature is checked with it. */
const countedKey = () =>
  countingReads([{ fingerprint: 'a key', actualFingerprint: 'a key', key: publicKey, file: 'keys.json' }]);

const aDigest = (number: number, over: Partial<Digest> = {}): Digest => ({
  path: `digest ${number}`,
  bucket: 'trail-bucket',
  key: `digest ${number}`,
  place: { organization: '', account, region, trail: 'all', homeRegion: region, end, backfill: false },
  start: begin,
  end,
  sha256: sha256(number),
  fingerprint: 'a key',
  ...over,
});
const readFrom = (digest: Digest, logs: Partial<ReadDigest['logs']> = {}): ReadDigest => ({
  digest,
  logs: { agreeing: [], differing: [], absent: [], ...logs },
});
const following = (content: string) => ({
  previous: { bucket: 'trail-bucket', key: 'one digest', sha256: content, signature: 'ab' },
});

describe('What is looked at, however many files somebody put into the folder', () => {
  test.for([
    ['say of it what is not so', (number: number) => following(sha256(1_000_000 + number)), 10],
    ['are right about its content', () => following(sha256(0)), 1],
  ] as const)(
    'are ten signatures for each digest of one name, where as many that follow it %s',
    ([, previous, tried]) => {
      const count = 200;
      const ofOneName = many(count, (number) => aDigest(number, { key: 'one digest' }));
      const followers = many(count, (number) => aDigest(count + number, previous(number)));
      const digests = [...ofOneName, ...followers].map((digest) => readFrom(digest));
      const key = countedKey();
      const { proven } = proveDigests(digests, { keys: key.items, signatures: [] });
      expect(proven.slice(0, count).map(({ state }) => state)).toEqual(many(count, () => 'fails'));
      expect(key.reads()).toBeGreaterThan(count * 10);
      expect(key.reads()).toBeLessThan(count * (tried + 11));
    },
  );

  const aLog = (path: string, contentSha256: string): LogFile => ({
    path,
    bytes: 1,
    sha256: contentSha256,
    contentSha256,
    records: 1,
    first: begin,
    last: begin,
  });
  const named = (name: string, content: string): NamedLog => ({
    bucket: 'trail-bucket',
    key: `AWSLogs/${name}`,
    sha256: content,
  });
  const judged = (files: readonly LogFile[], logs: readonly NamedLog[]) => {
    const index = indexLogs(files);
    const digests = logs.map(
      (log, number): ProvenDigest => ({
        ...readFrom(aDigest(number), matchLogs(index, [log])),
        state: 'holds',
      }),
    );
    return judgeLogs({ files, digests, period: {} });
  };

  test('is each copy of a log a few times, whatever number of digests names it', () => {
    const readsOf = (count: number): number => {
      const files = countingReads(
        many(count, (number) => aLog(`folder ${number}/a.json`, sha256(number % 2))),
      );
      const { logs } = judged(
        files.items,
        many(count, (number) => named('a.json', sha256(number % 7))),
      );
      expect(logs).toMatchObject({ altered: count });
      return files.reads();
    };
    expect(readsOf(800)).toBeLessThan(readsOf(400) * 2.5);
  });

  test('is each file that was moved once, whatever number of missing logs has its content', () => {
    const files = many(300, (number) => aLog(`folder/${number}.json`, sha256(1)));
    const { logs, moved } = judged(
      files,
      many(300, (number) => named(`missing ${number}.json`, sha256(1))),
    );
    expect(logs).toMatchObject({ verified: 300, missing: 0 });
    expect(moved).toHaveLength(300);
  });

  test('ends, too, for two hundred thousand digests of as many keys that nobody has', () => {
    const digests = many(200_000, (number) => readFrom(aDigest(number, { fingerprint: `key ${number}` })));
    const { proven } = proveDigests(digests, { keys: countedKey().items, signatures: [] });
    expect(proven).toHaveLength(200_000);
  });
});
