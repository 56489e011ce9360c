import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A whole process, from its start to its end. */
export interface Run {
  seconds: number;
  /** The most that lay in memory. */
  megabytes: number;
  stdout: string;
}

const preload = fileURLToPath(new URL('peakMemory.ts', import.meta.url));

/** Runs a program of Node's in a process of its own. Throws unless it exits with one of `exits`. */
export async function measureProcess(
  commandLine: readonly string[],
  { folder, exits = [0] }: { folder: string; exits?: readonly number[] },
): Promise<Run> {
  const usage = join(folder, 'usage');
  const env = { ...process.env, COUNTERSIGN_BENCH_USAGE: usage };
  const began = performance.now();
  const { code, stdout, stderr } = await exitOf(['--import', preload, ...commandLine], env);
  const seconds = (performance.now() - began) / 1_000;
  if (!exits.includes(code)) throw new Error(`${commandLine.join(' ')} ended with ${code}: ${stderr}`);
  return { seconds, megabytes: Number(await readFile(usage, 'utf8')) / 1_024, stdout };
}

const exitOf = (
  commandLine: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      commandLine,
      { env, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        if (error && child.exitCode === null) reject(error);
        else resolve({ code: child.exitCode ?? 0, stdout, stderr });
      },
    );
  });
