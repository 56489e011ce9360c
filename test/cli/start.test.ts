import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../support/process.ts';

const run = promisify(execFile);
/** The five seconds are meant for a machine of its own. */
const slowness = 3;

describe('what `npm start` prints', () => {
  let server: ServerProcess;
  let startedIn: number;
  beforeAll(async () => {
    const began = performance.now();
    server = await startServerProcess();
    startedIn = performance.now() - began;
  }, 120_000);
  afterAll(() => server.remove());

  const lines = () => server.stdout().trim().split('\n');
  const paste = async (text: string): Promise<string> => (await run('/bin/bash', ['-euo', 'pipefail', '-c', text])).stdout;

  test('is there within five seconds, in five lines', () => {
    expect(startedIn).toBeLessThan(5_000 * slowness);
    expect(lines()).toHaveLength(5);
  });

  test('can be pasted into a shell as a whole, and answers with the entitlements', async () => {
    const answer = await paste(lines().join('\n'));
    const entitlements = answer.split('\n').find((line) => line.startsWith('{"items"'));
    expect(JSON.parse(entitlements ?? '{}').items.map(({ id }: { id: string }) => id)).toContain('orders-read');
  });

  test('names the page, the inbox, the AWS endpoint and the trail', async () => {
    const text = lines().join('\n');
    expect(text).toContain(server.awsUrl);
    expect(text).toContain(`${server.dataDirectory}/trail`);
    for (const url of text.match(/http:\/\/127\.0\.0\.1:\d+\/(?:_local\/inbox)?(?=\s|$)/g) ?? [])
      expect((await fetch(url)).status, url).toBe(200);
  });

  test('ends at Ctrl-C with nothing on the terminal but what it said before', async () => {
    const before = server.stdout();
    expect(await server.stop()).toBe(0);
    expect(server.stdout()).toBe(before);
    expect(server.stderr()).not.toContain('    at ');
  });
});
