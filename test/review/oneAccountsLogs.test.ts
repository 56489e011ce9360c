import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { aWorld } from '../support/trail/aWorld.ts';
import { deliverWorld } from '../support/trail/deliverWorld.ts';
import { organisation } from '../support/trail/organisation.ts';
import { reviewOf } from '../support/trail/plantedReview.ts';

const { access, production } = organisation.accounts;

/** A review of the target's log files, and of so many of the service account's. */
const reviewOfTarget = (others: number) =>
  inTemporaryFolder(async (folder) => {
    const world = await aWorld({ seed: 'one account', days: 3, requests: 30, events: 400 });
    const delivered = await deliverWorld(world, { folder, digests: false });
    const paths = delivered.files.map(({ path }) => path).sort();
    const left = new Set(paths.filter((path) => path.includes(`/${access}/`)).slice(0, others));
    for (const path of paths)
      if (!path.includes(`/${production}/`) && !left.has(path))
        await rm(join(delivered.logs, path), { force: true });
    const { findings, sessions } = await reviewOf(delivered);
    return {
      told: findings
        .filter(({ severity }) => severity !== 'info')
        .map(({ severity, rule, subject }) => `${severity} ${rule} ${subject}`),
      sessions: sessions.filter(({ arn }) => arn.includes(':assumed-role/countersign-orders-')).length,
    };
  });

test('Whoever fetched the logs of a target alone is told so once, and no session is held against anybody', async () => {
  const { told, sessions } = await reviewOfTarget(0);
  expect(told.filter((words) => !words.startsWith('medium gap-in-coverage'))).toEqual([
    `high session-without-grant ${access}`,
    `high borrowed-role ${access}`,
  ]);
  expect(sessions).toBeGreaterThan(5);
});

test('One log file of the service account is enough to hold each session against somebody', async () => {
  const { told } = await reviewOfTarget(1);
  expect(told.filter((words) => words.startsWith('critical session-without-grant')).length).toBeGreaterThan(
    5,
  );
});
