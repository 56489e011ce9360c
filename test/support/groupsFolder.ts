import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinGroups } from '#infra/configuration/pinGroups.ts';
import { sampleCatalogue, sampleSettings, textOf } from './sample.ts';

const script = fileURLToPath(new URL('../../infra/configuration/pinGroups.ts', import.meta.url));

/** How a run of `npm run groups` ended. */
export interface GroupsRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** A folder with settings, a catalogue and an `aws` of its own, in which `npm run groups` can run. */
export interface GroupsFolder {
  path: string;
  /** In this process: one of its own takes longer to start than for all that it does. */
  run(): Promise<GroupsRun>;
  /** As it is typed. */
  runProcess(environment?: Record<string, string>): Promise<GroupsRun>;
  read(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  /** Makes this text the program `aws`. */
  installAws(program: string): Promise<void>;
  remove(): Promise<void>;
}

/** The sample, whose groups `orders-leads` and `security` come from the directory. */
export async function groupsFolder(): Promise<GroupsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'countersign-groups-'));
  const write = (name: string, text: string) => writeFile(join(path, name), text);
  const settings = textOf(sampleSettings);
  const store = 'source: identity-store, identityStoreId: d-1234567890, region: eu-west-1';
  await write('countersign.config.yaml', settings.replace('source: catalogue', store));
  const catalogue = textOf(sampleCatalogue);
  await write('catalogue.yaml', catalogue.replace(/^ {2}(orders-leads|security): .*\n/gm, ''));
  return {
    path,
    write,
    read: (name) => readFile(join(path, name), 'utf8'),
    run: () => run(path),
    runProcess: (environment = {}) => runProcess(path, environment),
    async installAws(program) {
      await write('aws', program);
      await chmod(join(path, 'aws'), 0o755);
    },
    remove: () => rm(path, { recursive: true }),
  };
}

const pathIn = (folder: string): string => `${folder}:/usr/bin:/bin`;

async function run(folder: string): Promise<GroupsRun> {
  const written = { stdout: '', stderr: '' };
  const [cwd, { PATH = '' }] = [process.cwd(), process.env];
  process.chdir(folder);
  process.env.PATH = pathIn(folder);
  try {
    const code = await pinGroups({
      log: (line) => (written.stdout += `${line}\n`),
      error: (line) => (written.stderr += `${line}\n`),
    });
    return { code, ...written };
  } finally {
    process.chdir(cwd);
    process.env.PATH = PATH;
  }
}

function runProcess(cwd: string, environment: Record<string, string>): Promise<GroupsRun> {
  const env = { PATH: pathIn(cwd), HOME: cwd, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}
