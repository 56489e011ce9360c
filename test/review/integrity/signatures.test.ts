import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { whyUnproven } from '#review/integrity/whyUnproven.ts';
import {
  publicKeyList,
  type SignedDigest,
  signingKey,
  writeDigests,
  writeKeyFile,
} from '../../support/trail/digests.ts';
import { begin, type DeliveredFolder, deliveredFolder, end, faultsOf } from './deliveredFolder.ts';

const newest = ({ digests }: DeliveredFolder): SignedDigest => digests.at(-1) as SignedDigest;
const at = ({ digests }: DeliveredFolder, hour: number): SignedDigest => digests[hour - 1] as SignedDigest;

describe('The newest digest', () => {
  test('proves nothing without its signature, and what to fetch is said', async () => {
    const folder = await deliveredFolder();
    const { key } = newest(folder);
    await folder.remove(`${key}.signature`);
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({
      verdict: 'partly',
      logs: { verified: 3, unproven: 2 },
      chains: [{ verdict: 'partly', hours: { expected: 4, covered: 3 } }],
    });
    expect(faultsOf(integrity)).toEqual([`signatureMissing ${key}`]);
    expect(integrity.faults[0]?.message).toContain(
      `aws s3api head-object --bucket trail-bucket --key ${key} > ${key}.metadata.json`,
    );
  });

  test('still shows which logs were altered and which are missing', async () => {
    const folder = await deliveredFolder();
    await folder.remove(`${newest(folder).key}.signature`);
    await folder.edit(logOf(newest(folder)), (text) => text.replace('alice', 'mallory'));
    expect(await folder.validate()).toMatchObject({ verdict: 'failed', logs: { altered: 1, unproven: 1 } });
  });

  test('is proven by the metadata that head-object prints, too', async () => {
    const folder = await deliveredFolder();
    const { key, signature } = newest(folder);
    await folder.remove(`${key}.signature`);
    await folder.write(`${key}.metadata.json`, headObject(signature));
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', faults: [] });
  });

  test.for([
    ['of another digest', (folder: DeliveredFolder) => at(folder, 2).signature],
    ['of the digest before', (folder: DeliveredFolder) => at(folder, 3).signature],
    ['that is cut off', (folder: DeliveredFolder) => newest(folder).signature.slice(0, -2)],
    ['in capitals', (folder: DeliveredFolder) => newest(folder).signature.toUpperCase()],
    ['that is empty', () => ''],
    ['that is a page of an error', () => '<Error><Code>AccessDenied</Code></Error>'],
    ['that is larger than any', () => 'ab'.repeat(100_000)],
  ] as const)('fails with a signature %s', async ([, signatureOf]) => {
    const folder = await deliveredFolder();
    const { key } = newest(folder);
    await folder.write(`${key}.signature`, signatureOf(folder));
    const integrity = await folder.validate();
    expect(integrity.verdict).toBe('failed');
    expect(faultsOf(integrity)).toContain(`signatureWrong ${key}.signature`);
  });

  test.for([
    ['another algorithm', headObject('ab', { 'signature-algorithm': 'SHA1withRSA' })],
    ['no signature', headObject(undefined)],
    ['other JSON', '[]'],
    ['no JSON', 'An error occurred (404)'],
  ] as const)('fails with metadata of %s', async ([, text]) => {
    const folder = await deliveredFolder();
    const { key } = newest(folder);
    await folder.write(`${key}.metadata.json`, text);
    const integrity = await folder.validate();
    expect(integrity.verdict).toBe('failed');
    expect(faultsOf(integrity)).toEqual([`signatureWrong ${key}.metadata.json`]);
  });
});

test('A file of metadata that is of no digest is somebody else’s', async () => {
  const folder = await deliveredFolder();
  await folder.write('AWSLogs/notes.metadata.json', '{}');
  expect(await folder.validate()).toMatchObject({ verdict: 'verified', faults: [] });
});

test('A signature alone, without any digest, shows that there was one', async () => {
  const folder = await deliveredFolder();
  for (const { key } of folder.digests) await folder.remove(key);
  expect(await folder.validate()).toMatchObject({ verdict: 'failed', faults: [{ kind: 'digestMissing' }] });
});

describe('An older digest', () => {
  test('needs no signature beside it: the one after it repeats it', async () => {
    const folder = await deliveredFolder();
    expect(await folder.validate()).toMatchObject({ verdict: 'verified' });
    await folder.write(`${at(folder, 2).key}.signature`, at(folder, 2).signature);
    expect(await folder.validate()).toMatchObject({ verdict: 'verified' });
  });

  test('does not excuse a wrong signature beside it', async () => {
    const folder = await deliveredFolder();
    await folder.write(`${at(folder, 2).key}.signature`, at(folder, 1).signature);
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 5 } });
    expect(faultsOf(integrity)).toEqual([`signatureWrong ${at(folder, 2).key}.signature`]);
  });

  test.for([1, 2, 3])('fails when it was edited: hour %d', async (hour) => {
    const folder = await deliveredFolder();
    const { key } = at(folder, hour);
    await folder.edit(key, (text) =>
      text.replace('"awsAccountId":"111122223333"', '"awsAccountId":"111122223334"'),
    );
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', chains: [{ verdict: 'failed' }] });
    expect(faultsOf(integrity)).toEqual([`digestAltered ${key}`]);
  });

  test('says nothing of its logs any more when it was edited', async () => {
    const folder = await deliveredFolder();
    const log = logOf(at(folder, 2));
    await folder.edit(log, (text) => text.replace('alice', 'mallory'));
    const hashOf = (text: string): string => /"hashValue":"(\w+)"/.exec(text)?.[1] ?? '';
    await folder.edit(at(folder, 2).key, (text) => text.replace(hashOf(text), 'f'.repeat(64)));
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 4, unproven: 1, altered: 0 } });
    expect(faultsOf(integrity)).toEqual([`digestAltered ${at(folder, 2).key}`]);
  });

  test('fails together with the next when that one was given another signature for it', async () => {
    const folder = await deliveredFolder();
    const [second, third] = [at(folder, 2), at(folder, 3)];
    const forged = `${second.signature.slice(0, -1)}${second.signature.endsWith('0') ? '1' : '0'}`;
    await folder.edit(third.key, (text) => text.replace(second.signature, forged));
    const integrity = await folder.validate();
    expect(integrity.verdict).toBe('failed');
    expect(faultsOf(integrity).sort()).toEqual([`digestAltered ${third.key}`, `signatureWrong ${third.key}`]);
  });

  test('shows that the newest lies about it, even where the newest has no signature', async () => {
    const folder = await deliveredFolder();
    const { key, document } = newest(folder);
    await folder.remove(`${key}.signature`);
    await folder.edit(key, (text) => text.replace(String(document.previousDigestHashValue), 'e'.repeat(64)));
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 3, unproven: 2 } });
    expect(faultsOf(integrity)).toContain(`digestAltered ${key}`);
  });
});

describe('A public key', () => {
  test('that was not given leaves all unproven, and one fault says how to fetch it', async () => {
    const folder = await deliveredFolder();
    const integrity = await folder.validate({ keys: undefined });
    expect(integrity).toMatchObject({
      verdict: 'unproven',
      logs: { verified: 0, unproven: 5 },
      chains: [{ verdict: 'unproven', hours: { expected: 4, covered: 0 } }],
      faults: [{ kind: 'keyUnknown' }],
    });
    expect(whyUnproven(integrity)).toContain('give them with --keys');
    expect(integrity.faults).toHaveLength(1);
    expect(integrity.faults[0]?.message).toContain('--keys');
    expect(integrity.faults[0]?.message).toContain('--region us-east-1');
  });

  test('of another region is another key', async () => {
    const folder = await deliveredFolder();
    const keys = join(folder.directory, '../other-keys.json');
    await writeKeyFile(keys, ['eu-west-1']);
    expect(await folder.validate({ keys })).toMatchObject({
      verdict: 'unproven',
      faults: [{ kind: 'keyUnknown' }],
    });
  });

  test('proves digests of any time: AWS compares no digest with the validity that it states', async () => {
    const folder = await deliveredFolder();
    const stated = JSON.parse(await readFile(folder.keysFile, 'utf8'));
    for (const key of stated.PublicKeyList)
      Object.assign(key, {
        ValidityStartTime: '2026-01-01T00:00:00Z',
        ValidityEndTime: '2026-11-20T00:00:00Z',
      });
    await writeFile(folder.keysFile, JSON.stringify(stated));
    expect(await folder.validate()).toMatchObject({ verdict: 'verified' });
  });

  test('under the fingerprint of another fails, whatever it would prove', async () => {
    const folder = await deliveredFolder();
    const keys = await forgedKeys(folder);
    const integrity = await folder.validate({ keys });
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 0, unproven: 5 } });
    expect(integrity.faults.map(({ kind }) => kind)).toEqual(['keyDiffers']);
  });

  test.for([
    ['under its own fingerprint', signingKey('forger').fingerprint, 'unproven', 'keyUnknown'],
    [
      'under the fingerprint of CloudTrail’s',
      signingKey('us-east-1').fingerprint,
      'failed',
      'signatureWrong',
    ],
  ] as const)(
    'of a forger who signs all digests anew %s proves nothing',
    async ([, fingerprint, verdict, kind]) => {
      const folder = await deliveredFolder();
      await folder.edit(logOf(at(folder, 2)), (text) => text.replace('alice', 'mallory'));
      const key = { ...signingKey('forger'), fingerprint };
      await folder.remove('AWSLogs/111122223333/CloudTrail-Digest');
      await writeDigests(folder.directory, { from: begin, to: end, key });
      const integrity = await folder.validate();
      expect(integrity).toMatchObject({ verdict, logs: { verified: 0, unproven: 5 } });
      expect(new Set(integrity.faults.map((fault) => fault.kind))).toEqual(new Set([kind]));
    },
  );
});

/** A file of keys in which another key stands under the fingerprint that the digests name. */
async function forgedKeys(folder: DeliveredFolder): Promise<string> {
  const keys = join(folder.directory, '../forged.json');
  const { fingerprint } = signingKey('us-east-1');
  await writeFile(keys, publicKeyList([{ der: signingKey('forger').der, fingerprint }]));
  return keys;
}

function headObject(signature: string | undefined, more: Record<string, string> = {}): string {
  return JSON.stringify({
    AcceptRanges: 'bytes',
    ContentLength: 747,
    Metadata: { 'signature-algorithm': 'SHA256withRSA', ...(signature && { signature }), ...more },
  });
}

/** The first log file that a digest names. */
function logOf({ document }: SignedDigest): string {
  const [log] = document.logFiles as { s3Object: string }[];
  if (!log) throw new Error('It names no log.');
  return log.s3Object;
}
