import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { historyHolds } from '#domain/accessRequest.ts';
import { requestDigest } from '#domain/terms.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { aWorld } from '../support/trail/aWorld.ts';
import { deliverWorld } from '../support/trail/deliverWorld.ts';
import { reviewOf } from '../support/trail/plantedReview.ts';

const options = { seed: 'generated', days: 2, requests: 12, events: 300 };

/** Every file of a folder by its path, as a hash. */
async function hashesOf(folder: string): Promise<Record<string, string>> {
  const paths = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = paths.filter((path) => path.isFile()).map((path) => join(path.parentPath, path.name));
  const hashes = files.sort().map(async (file) => {
    const hash = createHash('sha256').update(await readFile(file));
    return [file.slice(folder.length), hash.digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

const written = () =>
  inTemporaryFolder(async (folder) => {
    await deliverWorld(await aWorld(options), { folder });
    return hashesOf(folder);
  });

describe('A generated trail', () => {
  it('is the same, byte for byte, for the same seed', async () => {
    expect(await written()).toEqual(await written());
  });

  it('is of requests whose histories hold and whose digests are those of their terms', async () => {
    const { installation, second } = await aWorld(options);
    for (const { request } of [...installation.stories, ...second.stories]) {
      expect(historyHolds(request)).toBe(true);
      expect(requestDigest(request.terms)).toBe(request.digest);
    }
  });

  it('has what a reader must survive: records delivered twice, out of order, late, replaced, and of every kind of caller', async () => {
    await inTemporaryFolder(async (folder) => {
      const { files } = await deliverWorld(await aWorld({ ...options, events: 3_000 }), { folder });
      const records = files.flatMap((file) => file.records);
      const ids = records.map(({ eventID }) => eventID);
      const types = new Set(records.map((record) => (record.userIdentity as { type?: string } | null)?.type));
      expect(new Set(ids).size).toBeLessThan(ids.length);
      expect(
        files.some(({ records: [first, second] }) => first && second && second.eventTime < first.eventTime),
      ).toBe(true);
      expect(records.some(({ addendum }) => addendum !== undefined)).toBe(true);
      expect(records.some(({ userIdentity }) => userIdentity === null)).toBe(true);
      expect(records.some(({ requestParameters }) => typeof requestParameters === 'string')).toBe(true);
      expect([...types].sort()).toEqual(
        [
          'AWSAccount',
          'AWSService',
          'AssumedRole',
          'IAMUser',
          'Root',
          'SAMLUser',
          'WebIdentityUser',
          undefined,
        ].sort(),
      );
    });
  });

  it('is reviewed alike by one process and by two workers', async () => {
    await inTemporaryFolder(async (folder) => {
      const delivered = await deliverWorld(await aWorld(options), { folder });
      const [one, two] = [await reviewOf(delivered), await reviewOf(delivered, { workers: 2 })];
      expect(two).toEqual(one);
    });
  });
});
