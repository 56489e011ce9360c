import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { runCountersign } from './runCountersign.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

describe('countersign', () => {
  test.each([['--version'], ['-v']])('tells its version with %s', async (word) => {
    expect(await runCountersign([word])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([['--help'], ['-h'], ['help'], ['help', 'help'], ['--help', '--json']])(
    'tells its commands with %s',
    async (...words) => {
      const { code, stdout } = await runCountersign(words);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ {2}review +\S/m);
    },
  );

  test('without a command says on stderr what there is', async () => {
    const { code, stdout, stderr } = await runCountersign([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('countersign <command>');
  });

  test.each([
    ['reveiw', 'Did you mean "review"?'],
    ['frobnicate', '--help lists them'],
    ['\u001b[2Jconstructor', 'There is no command "[2Jconstructor"'],
  ])('does not know %j, and says what next', async (word, words) => {
    const { code, stdout, stderr } = await runCountersign([word]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('\u001b');
  });

  test('tells its faults in JSON to who wants JSON', async () => {
    const { code, stdout, stderr } = await runCountersign(['lint', '--nonsense', '--json']);
    expect([code, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toEqual({
      error: { message: expect.stringContaining('--nonsense'), code: 'unusable', exitCode: 2 },
    });
  });

  test('leaves what stands after -- to the program that it runs', async () => {
    const { stderr } = await runCountersign(['nonsense', '--', '--json']);
    expect(stderr).toContain('There is no command "nonsense"');
  });

  test('is what npx runs in the checkout', async () => {
    const { stdout } = await promisify(execFile)('npx', ['--no-install', 'countersign', '--version']);
    expect(stdout).toBe(`${version}\n`);
  });
});

describe.skipIf(process.platform !== 'linux')('an answer that cannot be written', () => {
  const program = fileURLToPath(new URL('../../cli/countersign.ts', import.meta.url));
  const ending = (line: string) => spawnSync('sh', ['-c', `"$0" "$1" ${line}`, process.execPath, program]);

  test('is a fault that is told without a stack trace', () => {
    const { status, stderr } = ending('--help > /dev/full');
    expect([status, String(stderr)]).toEqual([
      2,
      'The answer could not be written (ENOSPC). Make room where it goes, and try again.\n',
    ]);
  });

  test('leaves the exit code as it is where it is a complaint', () => {
    expect(ending('bogus 2> /dev/full').status).toBe(2);
  });
});
