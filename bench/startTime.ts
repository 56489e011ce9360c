import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleInto } from '../packaging/bundles.ts';
import { type Service, startService, untilStatus } from '../test/support/service.ts';
import { inTemporaryFolder } from '../test/support/temporaryFolder.ts';
import { type Measured, median } from './measured.ts';

const run = promisify(execFile);
const rounds = 31;

/**
 * `countersign credentials` as the package has it, the session in its cache, as AWS's tools start it for each of their own starts; beside
 * Node doing nothing, and the AWS CLI saying its version.
 */
export const startTime = (): Promise<Measured[]> =>
  inTemporaryFolder(async (folder) => {
    await bundleInto(folder, { version: '0.0.0' });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const service = await startService();
    try {
      const command = [process.execPath, join(folder, 'bin.js')];
      const environment = await aliceAt(service, join(folder, 'home'));
      await withSession(service, { command, environment });
      return await compare([...command, 'credentials'], environment);
    } finally {
      await service.stop();
    }
  });

const aliceAt = async (service: Service, home: string): Promise<Record<string, string>> => ({
  PATH: process.env.PATH ?? '',
  HOME: home,
  COUNTERSIGN_URL: service.server.baseUrl,
  COUNTERSIGN_TOKEN: await service.token('alice'),
});

/** A grant that runs, and its session in the cache. */
async function withSession(
  service: Service,
  {
    command: [file = '', ...before],
    environment,
  }: { command: string[]; environment: Record<string, string> },
): Promise<void> {
  const countersign = (...words: string[]) => run(file, [...before, ...words], { env: environment });
  const because = ['--because', 'A customer asks where order 1001 is'];
  const { stdout } = await countersign('request', 'orders-read', ...because, '--json');
  const { id } = JSON.parse(stdout);
  const token = await service.tokenFor('bob', id);
  await service.as('bob').post(`/v1/requests/${id}/decision`, { decision: 'approve', token });
  await untilStatus(service, 'alice', id, 'active');
  await countersign('credentials');
}

/** In turns: what else the machine does then hits all of them alike. */
async function compare(command: string[], environment: Record<string, string>): Promise<Measured[]> {
  const programs = {
    credentials: command,
    node: [process.execPath, '-e', '0'],
    ...((await isThere('aws')) && { aws: ['aws', '--version'] }),
  };
  const times = new Map(Object.keys(programs).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const [name, program] of Object.entries(programs))
      times.get(name)?.push(await millisecondsOf(program, environment));
  const middle = (name: string): number => median(times.get(name) ?? []);
  const over = (other: string): number => Number((middle('credentials') / middle(other)).toFixed(2));
  return [
    { what: 'countersign credentials, warm cache', value: Math.round(middle('credentials')), unit: 'ms' },
    { what: 'countersign credentials ÷ node -e 0', value: over('node'), unit: '×', limit: { atMost: 2 } },
    ...('aws' in programs
      ? [{ what: 'countersign credentials ÷ aws --version', value: over('aws'), unit: '×' }]
      : []),
  ];
}

async function millisecondsOf([file = '', ...words]: string[], env: Record<string, string>): Promise<number> {
  const began = performance.now();
  await run(file, words, { env });
  return performance.now() - began;
}

const isThere = (program: string): Promise<boolean> =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
