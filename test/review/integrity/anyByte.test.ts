import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstMember, isGzip } from '#review/reader/gzip.ts';
import { begin, deliveredFolder, end, logKey } from './deliveredFolder.ts';

const logs = ['10:05', '13:10'];

/** A file of the folder, and which bit of which byte of it. */
const place = fc.record({ file: fc.nat(), byte: fc.nat(), bit: fc.nat(7) });

test('Whatever byte of whatever file is changed, the folder is not verified, unless the content stays the same', async () => {
  const { folder, files } = await delivered();
  const change = fc.asyncProperty(place, async ({ file, byte, bit }) => {
    const path = files[file % files.length] ?? '';
    const bytes = await folder.bytes(path);
    const changed = Buffer.from(bytes);
    changed[byte % bytes.length] = (bytes[byte % bytes.length] ?? 0) ^ (1 << bit);
    await folder.write(path, changed);
    const { verdict } = await folder.validate();
    await folder.write(path, bytes);
    if (sameContent(bytes, changed)) expect(verdict).toBe('verified');
    else expect(verdict).not.toBe('verified');
  });
  await fc.assert(change, { numRuns: 150 });
});

test('Whatever file is taken away, the folder is not verified for its period', async () => {
  const { folder, files } = await delivered();
  for (const path of files) {
    const bytes = await folder.bytes(path);
    await folder.remove(path);
    const { verdict } = await folder.validate({
      period: { from: begin, to: end },
    });
    await folder.write(path, bytes);
    expect({ path, verdict }).not.toMatchObject({ verdict: 'verified' });
  }
});

async function delivered() {
  const folder = await deliveredFolder({ logs });
  const digests = folder.digests.map(({ key }) => key);
  const files = [...logs.map((minute) => logKey(minute)), ...digests, `${digests.at(-1)}.signature`];
  return { folder, files };
}

/** Time and operating system in a gzip header, which nobody reads, and blanks around a signature. */
function sameContent(file: Buffer, changed: Buffer): boolean {
  const [before, after] = [file, changed].map((bytes) => {
    if (!isGzip(bytes)) return bytes.toString('latin1').trim();
    const member = firstMember(bytes, 1_000_000);
    return member?.bytes === bytes.length ? member.content.toString('latin1') : undefined;
  });
  return before === after;
}
