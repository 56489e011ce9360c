import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../infra/pinGroups.ts', import.meta.url));
const repositoryFile = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

/** How a run of `npm run groups` ended. */
export interface GroupsRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** A folder with settings, a catalogue and an `aws` of its own, in which `npm run groups` can run. */
export interface GroupsFolder {
  path: string;
  run(environment?: Record<string, string>): Promise<GroupsRun>;
  read(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  /** Makes this text the program `aws`. */
  installAws(program: string): Promise<void>;
  remove(): Promise<void>;
}

/** The repository's sample, whose groups `orders-leads` and `security` come from the directory. */
export async function groupsFolder(): Promise<GroupsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'countersign-groups-'));
  const write = (name: string, text: string) => writeFile(join(path, name), text);
  const settings = await repositoryFile('countersign.config.yaml');
  const store = 'source: identity-store, identityStoreId: d-1234567890, region: eu-west-1';
  await write('countersign.config.yaml', settings.replace('source: catalogue', store));
  const catalogue = await repositoryFile('catalogue.yaml');
  await write('catalogue.yaml', catalogue.replace(/^ {2}(orders-leads|security): .*\n/gm, ''));
  return {
    path,
    write,
    read: (name) => readFile(join(path, name), 'utf8'),
    run: (environment = {}) => run(path, environment),
    async installAws(program) {
      await write('aws', program);
      await chmod(join(path, 'aws'), 0o755);
    },
    remove: () => rm(path, { recursive: true }),
  };
}

function run(cwd: string, environment: Record<string, string>): Promise<GroupsRun> {
  const env = { PATH: `${cwd}:/usr/bin:/bin`, HOME: cwd, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}
