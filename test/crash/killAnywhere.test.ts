import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServerProcess } from '../support/process.ts';
import {
  aStory,
  deniedByList,
  dieAfter,
  liveOn,
  persist,
  type Scenario,
  type Story,
  scenarios,
  startMortalServer,
} from './scenarios.ts';
import { eventIdsInFiles } from './trailFiles.ts';
import { verify } from './verify.ts';

/** `CRASH_POINTS=all` kills the server at every AWS call of every scenario, one run each: half an hour. */
const everywhere = process.env.CRASH_POINTS === 'all';
const timeout = everywhere ? 3_600_000 : 180_000;

/** A spread over the paths: at which of its AWS calls the server dies, and roughly what is under way then. */
const spread: [scenario: string, calls: number, about: string][] = [
  ['ended', 4, 'the record of the request'],
  ['ended', 21, 'the record of the approval'],
  ['ended', 29, 'the target session'],
  ['returned', 42, 'the deny list'],
];

let server: ServerProcess;
beforeAll(async () => {
  server = await startMortalServer();
}, timeout);
afterAll(() => server.remove());

const named = (name: string): Scenario => {
  const scenario = scenarios[name];
  if (!scenario) throw new RangeError(`There is no scenario ${name}.`);
  return scenario;
};

/** Plays a scenario to its end; the server dies at its n-th AWS call, is started again, and the people try again. */
async function playWithCrash(name: string, calls: number): Promise<Story> {
  if (!server.isRunning()) await server.restart();
  const [story, scenario] = [await aStory(server), named(name)];
  await dieAfter(server, calls);
  for (const step of Object.values(scenario.steps)) await persist(story, step);
  // The service works on after the last step: it may also die while somebody looks.
  await persist(story, () => verify(story, scenario));
  await persist(story, liveOn);
  return story;
}

describe('a crash in the middle of a step loses nothing and doubles nothing', () => {
  test.each(everywhere ? [] : spread)('%s, at AWS call %i, around %s', { timeout }, async (name, calls) => {
    expect((await playWithCrash(name, calls)).restarts).toBe(1);
  });

  test.each(everywhere ? Object.keys(scenarios) : [])('%s, at every AWS call', { timeout }, async (name) => {
    const failures: string[] = [];
    let crashed = true;
    for (let calls = 1; crashed && calls < 200; calls += 1)
      try {
        crashed = (await playWithCrash(name, calls)).restarts > 0;
      } catch (error) {
        failures.push(`${calls}: ${error instanceof Error ? error.message : String(error)}`);
      }
    expect(failures).toEqual([]);
  });

  const moments = everywhere ? Array.from({ length: 21 }, (_, index) => index * 10) : [25];
  test.each(moments)('%i ms after the decision was sent', { timeout }, async (milliseconds) => {
    if (!server.isRunning()) await server.restart();
    const [story, scenario] = [await aStory(server), named('ended')];
    for (const [name, step] of Object.entries(scenario.steps)) {
      const kill = name === 'approve' && setTimeout(() => server.child.kill('SIGKILL'), milliseconds);
      await persist(story, step);
      // Too late for this step: then it dies between this one and the next.
      if (kill && story.restarts === 0) await untilKilled();
    }
    await verify(story, scenario);
  });
});

async function untilKilled(): Promise<void> {
  await expect.poll(() => server.isRunning(), { timeout: 5_000 }).toBe(false);
}

/** After these steps: what the next one needs is then only on disk. */
const killedAfter = new Set(['approve', 'deniedByList']);

test('a crash between two steps is not noticed: the sign-in, the session and the deny list hold', {
  timeout,
}, async () => {
  if (!server.isRunning()) await server.restart();
  const [story, scenario] = [await aStory(server), named('revoked')];
  const token = await server.service.token('alice');
  for (const [name, step] of Object.entries(scenario.steps)) {
    await persist(story, step);
    if (!everywhere && !killedAfter.has(name)) continue;
    story.restarts += 1;
    await server.restart();
    const { status } = await server.service.call('GET', `/v1/requests/${story.id}`, { token });
    expect(status, `alice’s token after ${name}`).toBe(200);
    if (name === 'deniedByList') await deniedByList(story);
  }
  await verify(story, scenario);
});

test('the trail’s files hold every record once, however often the server died', { timeout }, async () => {
  await server.restart();
  const records = await server.service.trail();
  expect(await server.stop()).toBe(0);
  const ids = await eventIdsInFiles(server.dataDirectory);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids)).toEqual(new Set(records.map(({ eventID }) => eventID)));
});
