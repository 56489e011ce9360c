import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type PublicKey, readPublicKeys } from '#review/integrity/publicKeys.ts';
import { UnusableInput } from '#review/unusableInput.ts';
import { publicKeyList, signingKey } from '../../support/trail/digests.ts';

/** Keys of the examples in AWS's documentation, one of them not PKCS#1 as documented but SPKI. */
const documented = {
  '8eba5db5bea9b640d1c96a77256fe7f2':
    'MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL6HepznOU9XTDSfmmnP97mqyc7z/upfZdS/AHhYcGaz7n6Wc/RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYDuBtviXarvuLPlrT9kAd4Lb+rFfR5peEgBEkhlzc5HuWO7S0y+KunqxX6jQBnXGMtxmPBPP0FylgWGNdFtks/4YSKcgqwH0YDcawP9GGGDAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn4hq/5ZxRFE7UBAUiVcGbdnDdvVfhF9C3dQiDq3k7adQIziLT0cShgQIDAQAB',
  '31e8b5433410dfb61a9dc45cc65b22ff':
    'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqlzPJbvZJ42UdcmLfPUqXYNfOs6I8lCfao/tOs8CmzPOEdtLWugB9xoIUz78qVHdKIqxbaG4jWHfJBiOSSFBM0lt8cdVo4TnRa7oG9io5pysS6DJhBBAeXsicufsiFJR+wrUNh8RSLxL4k6G1+BhLX20tJkZ/erT97tDGBujAelqseGg3vPZbTx9SMfOLN65PdLFudLP7Gat0Z9p5jw/rjpclKfo9Bfc3heeBxWGKwBBOKnFAaN9V57pOaosCvPKmHd9bg7jsQkI9Xp22IzGLsTFJZYVA3KiTAElDMu80iFXPHEq9hKNbt9e4URFam+1utKVEiLkR2disdCmPTK0VQIDAQAB',
};

describe('Public keys are read from', () => {
  test('the keys that AWS documents: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html', async () => {
    const entries = Object.entries(documented).map(([Fingerprint, Value]) => ({
      Value,
      Fingerprint,
      ValidityStartTime: 1453076702.0,
      ValidityEndTime: '1455668702.0',
    }));
    const keys = await read(JSON.stringify({ PublicKeyList: entries }));
    expect(keys.map(({ fingerprint }) => fingerprint)).toEqual(Object.keys(documented));
    for (const { fingerprint, actualFingerprint } of keys) expect(actualFingerprint).toBe(fingerprint);
  });

  const [east, west] = [publicKeyList([signingKey('us-east-1')]), publicKeyList([signingKey('eu-west-1')])];
  const fingerprints = [signingKey('us-east-1').fingerprint, signingKey('eu-west-1').fingerprint];

  test.for([
    ['the outputs for several regions, one after the other', `${east}\n${west}\n`],
    ['the same without anything between them', `${east}${west}`],
    ['an array of outputs', `[${east},${west}]`],
    ['one output with several keys', publicKeyList([signingKey('us-east-1'), signingKey('eu-west-1')])],
    ['a file that begins with a byte order mark', `\uFEFF${east}\r\n${west}`],
    ['outputs of which one has no key', `${east}{"PublicKeyList": []}${west}`],
  ] as const)('%s', async ([, text]) => {
    expect((await read(text)).map(({ fingerprint }) => fingerprint)).toEqual(fingerprints);
  });
});

test('A key under another fingerprint than its own is read, with both', async () => {
  const [{ der }, { fingerprint }] = [signingKey('forger'), signingKey('us-east-1')];
  const [key] = await read(publicKeyList([{ der, fingerprint }]));
  expect(key).toMatchObject({ fingerprint, actualFingerprint: signingKey('forger').fingerprint });
});

describe('No review is made with keys that are', () => {
  const { fingerprint } = signingKey('us-east-1');
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const list = (Value: unknown, Fingerprint: unknown = fingerprint): string =>
    JSON.stringify({ PublicKeyList: [{ Value, Fingerprint }] });
  test.for([
    ['no JSON', 'An error occurred (AccessDeniedException)', 'not JSON'],
    ['cut off', publicKeyList([signingKey('us-east-1')]).slice(0, -10), 'not JSON'],
    ['none', '{"PublicKeyList": []}', 'no public key'],
    ['nothing', '', 'no public key'],
    ['something else', '{"Keys": []}', 'PublicKeyList'],
    ['of another type', list(42), 'Value'],
    ['not in base64', list('no key!'), 'Value'],
    ['bytes of another kind', list(Buffer.from('no key').toString('base64')), 'no RSA public key'],
    ['short', list(short.export({ type: 'pkcs1', format: 'der' }).toString('base64')), '2048 bits'],
    [
      'elliptic',
      list(elliptic.export({ type: 'spki', format: 'der' }).toString('base64')),
      'no RSA public key',
    ],
    ['of a fingerprint that is none', list(documented['8eba5db5bea9b640d1c96a77256fe7f2'], 'x'), 'MD5'],
  ] as const)('%s, and the error says how to fetch them', async ([, text, words]) => {
    const error = await read(text).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnusableInput);
    expect(String(error)).toContain(words);
    expect(String(error)).toContain('aws cloudtrail list-public-keys');
  });

  test('not there', async () => {
    await expect(readPublicKeys('/nowhere/keys.json')).rejects.toThrow(/nowhere\/keys\.json cannot be read/);
  });
});

async function read(text: string): Promise<PublicKey[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-keys-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keys.json');
  await writeFile(file, text);
  return readPublicKeys(file);
}
