import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServerProcess } from '../support/process.ts';
import { aStory, deniedByList, dieAfter, persist, type Scenario, scenarios, startMortalServer, type Story } from './scenarios.ts';
import { eventIdsInFiles } from './trailFiles.ts';
import { verify } from './verify.ts';

/** `CRASH_POINTS=all` kills the server at every AWS call of every scenario, one run each: many minutes. */
const everywhere = process.env.CRASH_POINTS === 'all';

/** A spread over the paths: the scenario, and at which of its AWS calls the server dies. */
const spread: [string, number][] = [
  ['ended', 3],
  ['ended', 12],
];

let server: ServerProcess;
beforeAll(async () => {
  server = await startMortalServer();
}, 120_000);
afterAll(() => server.remove());

const named = (name: string): Scenario => {
  const scenario = scenarios[name];
  if (!scenario) throw new RangeError(`There is no scenario ${name}.`);
  return scenario;
};

/** Plays a scenario to its end; the server dies at its n-th AWS call, is started again, and the people try again. */
async function play(scenario: Scenario, story: Story, calls: number): Promise<void> {
  if (!server.isRunning()) await server.restart();
  await dieAfter(server, calls);
  for (const step of Object.values(scenario.steps)) await persist(story, step);
  await verify(story, scenario);
}

describe.skipIf(everywhere)('a crash in the middle of a step loses nothing and doubles nothing', () => {
  test.each(spread)('%s, killed at AWS call %i', { timeout: 180_000 }, async (name, calls) => {
    const story = await aStory(server);
    await play(named(name), story, calls);
    expect(story.restarts).toBe(1);
  });
});

describe.runIf(everywhere)('a crash at any AWS call loses nothing and doubles nothing', () => {
  test.each(Object.keys(scenarios))('%s', { timeout: 3_600_000 }, async (name) => {
    const failures: string[] = [];
    let calls = 0;
    for (let crashed = true; crashed; ) {
      calls += 1;
      const began = performance.now();
      const story = await aStory(server);
      const failure = await play(named(name), story, calls).then(() => undefined, (error: Error) => error.message);
      crashed = story.restarts > 0;
      if (failure !== undefined) failures.push(`killed at call ${calls}: ${failure}`);
      if (failures.length > 3) break;
      appendFileSync('/tmp/crash.log', `${name} ${calls} ${Math.round(performance.now() - began)} ms ${server.stderr().match(/killed at .*/g)?.at(-1)} ${failure ?? ''}\n`);
    }
    expect(failures).toEqual([]);
    console.info(`${name}: ${calls - 1} points`);
  });
});
