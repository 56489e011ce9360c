import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { runCountersign } from './runCountersign.ts';

const run = promisify(execFile);
const id = '01KANB1X000000000000000001';
let home: string;
let environment: Record<string, string>;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'countersign-completion-'));
  const bin = join(home, 'bin');
  await mkdir(bin);
  await symlink(resolve('cli/countersign.ts'), join(bin, 'countersign'));
  environment = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_STATE_HOME: join(home, 'state'),
    PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
  };
  const requests = join(home, 'state/countersign/requests');
  await mkdir(requests, { recursive: true, mode: 0o700 });
  await remember(join(requests, `${id}.json`), {
    id,
    entitlement: 'orders-read',
    title: 'Read\u001b[2J orders',
  });
  const other = id.replace(/1$/, '2');
  await remember(join(requests, `${other}.json`), {
    id: other,
    entitlement: '$(touch /tmp/x)',
    title: 'Evil',
  });
});
afterAll(() => rm(home, { recursive: true }));

async function remember(
  file: string,
  request: { id: string; entitlement: string; title: string },
): Promise<void> {
  const account = { id: '111122223333', title: 'Production' };
  const more = { url: 'https://access.example.com/', account, createdAt: '2026-11-22T10:00:00Z' };
  await writeFile(file, JSON.stringify({ ...request, ...more }));
  await chmod(file, 0o600);
}

/** What may stand in the place of the last word. */
async function candidates(...words: string[]): Promise<string[]> {
  const { code, stdout } = await runCountersign(['completion', 'bash', '--', ...words], { environment });
  const lines = stdout.split('\n').filter(Boolean);
  expect(code).toBe(lines.length > 0 ? 0 : 1);
  return lines;
}

describe('a shell is offered', () => {
  test.each<[string[], string[]]>([
    [['st'], ['status']],
    [['re'], ['request', 'remind', 'return', 'review-break-glass', 'revoke', 'review']],
    [['--v'], ['--version']],
    [['help', 'lin'], ['lint']],
    [['lint', '--s'], ['--schema']],
    [
      ['lint', '--schema', '--'],
      ['--json', '--help'],
    ],
    [
      ['env', '--format', 'env'],
      ['env', 'env-no-export'],
    ],
    [['env', '--format=fi'], ['--format=fish']],
    [['env', '--format', '=', 'fi'], ['fish']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['review', '--catalogue', 'a.yaml', '--cat'], ['--catalogue']],
  ])('%j: %j', async (words, offered) => {
    expect(await candidates(...words)).toEqual(offered);
  });

  test('requests and entitlements that this machine remembers, as far as they are harmless on a command line', async () => {
    const both = [id.replace(/1$/, '2'), id];
    expect(await candidates('status', '')).toEqual(['orders-read', ...both]);
    expect(await candidates('status', id)).toEqual([id]);
    expect(await candidates('history', '')).toEqual(both);
    expect(await candidates('request', '')).toEqual(['orders-read']);
    expect(await candidates('configure', 'orders-read', 'ord')).toEqual(['orders-read']);
  });

  test.each<[string[]]>([
    [['nonsense', '']],
    [['lint', '']],
    [['status', id, '']],
    [['request', 'orders-read', '--because', '']],
    [['exec', id, '--', 'a']],
    [['help', 'lint', '']],
    [['env', '--nonsense=']],
  ])('nothing for %j: names of files are the shell’s own', async (words) => {
    expect(await candidates(...words)).toEqual([]);
  });

  test('words with what they mean, where the shell shows that', async () => {
    const asked = async (shell: string) =>
      (await runCountersign(['completion', shell, '--', 'status', id], { environment })).stdout;
    expect(await asked('fish')).toBe(`${id}\torders-read: Read[2J orders\n`);
    expect(await asked('zsh')).toBe(`${id}:orders-read: Read[2J orders\n`);
  });
});

test('another shell is refused', async () => {
  const { code, stderr } = await runCountersign(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('SHELL is one of bash, zsh, fish, not "tcsh".');
});

/** bash is everywhere. */
const others = [
  {
    shell: 'zsh' as const,
    words: ['-f', '-c'],
    script: `
      autoload -U compinit && compinit -u -d "$HOME/dump"
      eval "$(countersign completion zsh)"
      _describe() { print -l -- "\${(@P)2}"; }
      _files() { print files; }
      words=(countersign status ''); CURRENT=3; _countersign
      words=(countersign lint ''); CURRENT=3; _countersign`,
    says: [`${id}:orders-read: Read[2J orders\n`, '\nfiles\n'],
  },
  {
    shell: 'fish' as const,
    words: ['--no-config', '-c'],
    script: `
      countersign completion fish | source
      complete -C 'countersign histo'
      complete -C 'countersign status 01'`,
    says: ['history\tpast requests, or one of them\n', `${id}\torders-read: Read[2J orders\n`],
  },
].filter(({ shell }) => !lacks(shell));

describe('the script', () => {
  test('completes in bash', async () => {
    const typed = (...words: string[]) => `
      eval "$(countersign completion bash)"
      COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}
      _countersign; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const bash = async (...words: string[]) =>
      (await run('bash', ['--norc', '-c', typed(...words)], { env: environment })).stdout;
    expect(await bash('countersign', 'histo')).toBe('history\n');
    expect(await bash('countersign', 'env', '--format', '=', "''")).toContain('powershell\n');
    expect(await bash('countersign', 'lint', "''")).toBe('\n');
  });

  test.each(others)('completes in $shell', async ({ shell, words, script, says }) => {
    const { stdout } = await run(shell, [...words, script], { env: environment });
    for (const text of says) expect(stdout).toContain(text);
  });
});
