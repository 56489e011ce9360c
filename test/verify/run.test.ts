import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CannotTell, type Check, type Finding } from '../../verify/check.ts';
import { createRemovals, unlessGone } from '../../verify/removals.ts';
import { exitCodeOf, type Result, runChecks } from '../../verify/run.ts';
import { tableOf } from '../../verify/table.ts';
import type { TestAccount } from '../../verify/testAccount.ts';

const aCheck = (run: () => Promise<Finding>): Check => ({
  name: 'Something holds',
  otherwise: 'It would not.',
  run,
});
const found = (outcome: Finding['outcome'], observed = 'seen'): Result => ({
  check: aCheck(async () => ({ outcome, observed })),
  finding: { outcome, observed },
});

describe('a run', () => {
  // The checks of these tests look at nothing.
  const account: TestAccount = Object.create(null);
  const findingOf = async (run: () => Promise<Finding>) =>
    (await runChecks([aCheck(run)], account))[0]?.finding;

  test('never takes an error for a finding', async () => {
    expect(await findingOf(() => Promise.reject(new Error('no\nroute')))).toEqual({
      outcome: 'could not tell',
      observed: 'Error: no route',
    });
    expect(await findingOf(() => Promise.reject(new CannotTell('No trail logs.')))).toEqual({
      outcome: 'could not tell',
      observed: 'No trail logs.',
    });
  });

  test('waits for every check, whatever becomes of another', async () => {
    const ended: string[] = [];
    const slow = aCheck(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended.push('slow');
      return { outcome: 'as expected', observed: '' };
    });
    const results = await runChecks([aCheck(() => Promise.reject(new Error('broken'))), slow], account);
    expect(ended).toEqual(['slow']);
    expect(results.map(({ finding }) => finding.outcome)).toEqual(['could not tell', 'as expected']);
  });
});

test.each([
  [0, ['as expected', 'as expected']],
  [1, ['as expected', 'differs', 'could not tell']],
  [2, ['as expected', 'could not tell']],
] as const)('the exit code is %i for %j', (code, outcomes) => {
  expect(exitCodeOf(outcomes.map((outcome) => found(outcome)))).toBe(code);
});

describe('the table', () => {
  const streamOf = (isTTY: boolean): NodeJS.WriteStream =>
    Object.assign(Object.create(Writable.prototype), { isTTY });

  test('is plain in a pipe, and says what it means where something differs', () => {
    expect(tableOf([found('as expected'), found('differs', 'still allowed')], streamOf(false))).toEqual([
      'as expected     Something holds',
      '                seen',
      'differs         Something holds',
      '                still allowed',
      '                It would not.',
    ]);
  });
});

describe('what a run has made', () => {
  const make = async () => undefined;
  const leftOf = async (error: Error): Promise<string[]> => {
    const removals = createRemovals();
    const remove = () => Promise.reject(new Error('still there'));
    await expect(removals.make('role', { make: () => Promise.reject(error), remove })).rejects.toBe(error);
    return removals.removeAll();
  };

  test('goes away also where nobody heard that it was made', async () => {
    expect(await leftOf(new Error('socket hang up'))).toEqual(['role: still there']);
    const exists = Object.assign(new Error('by the try before'), { name: 'EntityAlreadyExistsException' });
    expect(await leftOf(Object.assign(exists, { $fault: 'client' }))).toEqual(['role: still there']);
  });

  test('is not looked for where AWS refused to make it', async () => {
    expect(await leftOf(Object.assign(new Error('denied'), { $fault: 'client' }))).toEqual([]);
    expect(await leftOf(new Error('aws sqs create-queue: An error occurred (AccessDenied)'))).toEqual([]);
    expect(await leftOf(new CannotTell('The AWS CLI is not installed.'))).toEqual([]);
  });

  test('goes away again, the latest first, even when something before cannot be removed', async () => {
    const removed: string[] = [];
    const removals = createRemovals();
    await removals.make('role', { make, remove: async () => removed.push('role') });
    await removals.make('queue', { make, remove: () => Promise.reject(new Error('not yours')) });
    await removals.make('function', { make, remove: async () => removed.push('function') });
    expect(await removals.removeAll()).toEqual(['queue: not yours']);
    expect(removed).toEqual(['function', 'role']);
    expect(await removals.removeAll()).toEqual([]);
  });

  test('counts as removed when it is gone already', async () => {
    const removals = createRemovals();
    const gone = Object.assign(new Error('gone'), { name: 'NoSuchEntityException' });
    await removals.make('role', { make, remove: () => Promise.reject(gone) });
    expect(await removals.removeAll()).toEqual([]);
    expect(() => unlessGone(new Error('AccessDenied'))).toThrow('AccessDenied');
  });
});
