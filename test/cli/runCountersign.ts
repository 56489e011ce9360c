import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../cli/countersign.ts', import.meta.url));

/** How a command ended, and all that it wrote. */
export interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  environment?: Record<string, string>;
  /** In a pseudo-terminal of that many columns: stderr comes with stdout there, lines end with CR LF. */
  terminal?: number;
  /** Somebody else, where the tests run as root. */
  uid?: number;
  /** All that stdin has; nothing without it. */
  input?: string;
  /** What somebody types at the terminal, each as soon as its question stands there. */
  typed?: [question: string, answer: string][];
}

/** As somebody who has no rights of root's, also where the tests run as root. */
export const asNobody: RunOptions = process.getuid?.() === 0 ? { uid: 65_534 } : {};

/** Starts `countersign` as a process of its own, by its shebang, as `npx countersign` does. */
export function startCountersign(
  words: string[],
  options: RunOptions = {},
): { child: ChildProcess; ended: Promise<Run> } {
  const { cwd, environment, terminal, uid, input, typed } = options;
  const command = [program, ...words].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const [file, ...rest] =
    terminal === undefined
      ? [program, ...words]
      : // Not every shell hands its place to the last command by itself, and one that stays is interrupted too.
        ['script', '-qfec', `stty cols ${terminal}; exec ${command}`, '/dev/null'];
  const child = spawn(file ?? program, rest, {
    cwd,
    uid,
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      NO_COLOR: undefined,
      FORCE_COLOR: undefined,
      TERM: 'xterm',
      SHELL: '/bin/sh',
      // Node takes the terminal of a CI it does not know for one without colours.
      CI: undefined,
      ...environment,
    },
    stdio: [input === undefined && typed === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  if (input !== undefined) child.stdin?.end(input);
  if (typed) typeAnswers(child, typed);
  return { child, ended: endOf(child) };
}

export const runCountersign = (words: string[], options?: RunOptions): Promise<Run> =>
  startCountersign(words, options).ended;

function typeAnswers(child: ChildProcess, typed: [question: string, answer: string][]): void {
  let shown = '';
  const left = [...typed];
  child.stdout?.on('data', (chunk) => {
    shown += chunk;
    const [question, answer] = left[0] ?? [];
    if (question === undefined || !shown.includes(question)) return;
    left.shift();
    shown = '';
    child.stdin?.write(`${answer}\r`);
  });
}

async function endOf(child: ChildProcess): Promise<Run> {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk) => {
      written[name] += chunk;
    });
  const [code, signal] = await once(child, 'close');
  return { code, signal, ...written };
}
