import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type DigestDocument, signedDigest, signingKey, writeChain } from '../../support/trail/digests.ts';
import { type DeliveredFolder, deliveredFolder, faultsOf, region } from './deliveredFolder.ts';

const second = ({ digests }: DeliveredFolder): string => digests[1]?.key ?? '';

describe('A digest file that is not as CloudTrail writes them fails, and says which it is:', () => {
  const changes: [string, (file: Buffer) => Buffer | string, string][] = [
    ['something behind its gzip content', (file) => Buffer.concat([file, gzipSync('{}')]), 'follows'],
    ['rubbish behind its gzip content', (file) => Buffer.concat([file, Buffer.from('x')]), 'follows'],
    ['cut off', (file) => file.subarray(0, -9), 'cut off'],
    ['empty', () => '', 'not JSON'],
    ['no JSON', () => gzipSync('<Error/>'), 'not JSON'],
    ['another JSON', () => gzipSync('{"Records":[]}'), 'digestStartTime'],
    ['an array', () => gzipSync('[]'), 'object'],
    ['nested without end', () => gzipSync('['.repeat(1_000_000)), 'not JSON'],
    ['of another algorithm', edited({ digestSignatureAlgorithm: 'none' }), 'digestSignatureAlgorithm'],
    ['of a time that is none', edited({ digestEndTime: '2026-02-30T00:00:00Z' }), 'digestEndTime'],
    ['over before it starts', edited({ digestEndTime: '2020-01-01T00:00:00Z' }), 'ends before it starts'],
    ['without half of what was before', edited({ previousDigestSignature: null }), 'only a part'],
    ['with a key of another kind', edited({ digestS3Object: 'AWSLogs/x.json.gz' }), 'digestS3Object'],
    ['with control characters in a key', edited({ digestS3Object: 'a\u001b[31m/AWSLogs' }), 'digestS3Object'],
    [
      'with a hash that is none',
      edited({ previousDigestHashValue: 'E'.repeat(64) }),
      'previousDigestHashValue',
    ],
    ['with logs of another shape', edited({ logFiles: { length: 5 } }), 'logFiles'],
    [
      'with more logs than there are in an hour',
      edited({ logFiles: Array.from({ length: 50_001 }, () => ({})) }),
      'logFiles: Too big',
    ],
    ['larger than any', () => gzipSync(' '.repeat(16 * 1024 * 1024 + 1)), 'cut off'],
    [
      'with a log without a hash',
      edited({ logFiles: [{ s3Bucket: 'bucket', s3Object: 'a' }] }),
      'logFiles.0',
    ],
  ];

  test.for(changes)('%s', async ([, change, words]) => {
    const folder = await deliveredFolder();
    await folder.write(second(folder), change(await folder.bytes(second(folder))));
    const integrity = await folder.validate();
    expect(integrity.verdict).toBe('failed');
    expect(faultsOf(integrity)).toContain(`digestUnreadable ${second(folder)}`);
    expect(integrity.faults.find(({ kind }) => kind === 'digestUnreadable')?.message).toContain(words);
  });
});

describe('A digest file', () => {
  test('may hold more than is known of it', async () => {
    const folder = await deliveredFolder();
    const text = '{"__proto__": {"polluted": true}, "constructor": 1, "newField": {"of": ["AWS"]}}';
    const digest = signedDigest({ ...JSON.parse(text), ...withoutLogs(folder) }, signingKey(region));
    await folder.remove('AWSLogs');
    await writeChain(folder.directory, [digest]);
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', chains: [{ digests: 1 }] });
    expect({}).not.toHaveProperty('polluted');
  });

  test('may lie there uncompressed', async () => {
    const folder = await deliveredFolder();
    const path = second(folder);
    await folder.write(path.replace('.gz', ''), gunzipSync(await folder.bytes(path)));
    await folder.remove(path);
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', faults: [] });
  });

  test.for([
    ['another name', (path: string) => path.replace('_us-east-1_2026', '_us-east-1_2025')],
    ['another account’s folder', (path: string) => path.replace('/111122223333/', '/444455556666/')],
  ] as const)(
    'that lies under %s than CloudTrail gave it is told of, and proves no less',
    async ([, change]) => {
      const folder = await deliveredFolder();
      const path = second(folder);
      await folder.move(path, change(path));
      const integrity = await folder.validate();
      expect(integrity).toMatchObject({ verdict: 'partly', logs: { verified: 5 } });
      expect(faultsOf(integrity)).toEqual([`digestMoved ${change(path)}`]);
      expect(integrity.faults[0]?.message).toContain(`s3://trail-bucket/${path}`);
    },
  );

  test('does not stand in for another: a copy under its name leaves it missing', async () => {
    const folder = await deliveredFolder();
    const [first, third] = [folder.digests[0]?.key ?? '', folder.digests[2]?.key ?? ''];
    await folder.write(third, await folder.bytes(first));
    const integrity = await folder.validate();
    expect(integrity.verdict).toBe('failed');
    expect(faultsOf(integrity)).toContain(`digestMissing ${third}`);
  });

  test('can put nothing but a word into a command that a message proposes', async () => {
    const folder = await deliveredFolder();
    const digestS3Object = `$(reboot) ; 'x'/${folder.digests[0]?.key}`;
    const digest = signedDigest({ ...withoutLogs(folder), digestS3Object }, signingKey(region));
    await folder.remove('AWSLogs');
    await folder.write(folder.digests[0]?.key ?? '', gzipSync(digest.content));
    const { faults } = await folder.validate();
    const missing = faults.find(({ kind }) => kind === 'signatureMissing');
    expect(missing?.message).toContain(`--key '$(reboot) ; '\\''x'\\''/AWSLogs/`);
  });
});

/** The first digest, as it would be for an hour without a log. */
const withoutLogs = ({ digests }: DeliveredFolder): DigestDocument => ({
  ...(digests[0]?.document as DigestDocument),
  logFiles: [],
});

/** The file with other values in some fields. */
function edited(change: Record<string, unknown>): (file: Buffer) => Buffer {
  return (file) => gzipSync(JSON.stringify({ ...JSON.parse(gunzipSync(file).toString()), ...change }));
}
