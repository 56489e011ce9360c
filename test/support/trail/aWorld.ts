import { addSeconds, type Instant } from '#domain/instant.ts';
import { aCatalogue } from '../builders.ts';
import { earlierCatalogue, secondCatalogue, secondInstallation } from './catalogues.ts';
import { anInstallation, type Installation, startedWork } from './countersign/installation.ts';
import { approvedByTwoLeads, askedByMachine } from './countersign/stories/approvals.ts';
import { stories, unfinishedStories } from './countersign/stories.ts';
import { addDecoys } from './decoys.ts';
import { deployment } from './deployment.ts';
import { organisation } from './organisation.ts';
import { randomOf } from './random.ts';
import type { TrailRecord } from './trailRecord.ts';
import { installationAt, sometime, type World } from './world.ts';

export interface WorldOptions {
  seed: number | string;
  days?: number;
  /** Requests told; each kind of story in turn. */
  requests?: number;
  /** Events of the background. */
  events?: number;
  /** How many times the usual number of calls the background's sessions make. */
  busy?: number;
}

const firstDay: Instant = '2026-11-16T00:00:00Z';

/** A world in which nothing is wrong, with everything in it that looks wrong and is right. */
export async function aWorld({
  seed,
  days = 4,
  requests = 26,
  events = 600,
  busy = 1,
}: WorldOptions): Promise<World> {
  const random = randomOf(seed);
  const from = firstDay;
  const to = addSeconds(from, days * 86_400);
  const { access } = organisation.accounts;
  const world: World = {
    random,
    from,
    to,
    installation: anInstallation(random.fork('installation'), {
      account: access,
      region: 'us-east-1',
      catalogue: aCatalogue(),
    }),
    second: anInstallation(random.fork('second'), {
      account: secondInstallation.service,
      region: secondInstallation.region,
      catalogue: secondCatalogue(),
    }),
    earlierCatalogue: earlierCatalogue(),
    extra: [],
    missing: new Set(),
    events,
    busy,
  };
  await tellStories(world, requests);
  everydayWork(world);
  await addDecoys(world);
  return world;
}

async function tellStories(world: World, requests: number): Promise<void> {
  const tellers = Object.values(stories);
  for (let told = 0; told < requests; told += 1) {
    const tell = tellers[told % tellers.length];
    const at = sometime(world);
    // Every fifth belongs to the second installation.
    await tell?.(told % 5 === 4 ? world.second : installationAt(world, at), at);
  }
  const early = addSeconds(world.from, 3_600);
  await approvedByTwoLeads(installationAt(world, early), early);
  await askedByMachine(world.second, sometime(world));
  for (const tell of Object.values(unfinishedStories)) await tell(world.installation, world.to);
}

/** What an installation does beside its requests: deployments, the workflow and the watch at work, a poller of a queue. */
function everydayWork(world: World): void {
  const { random, from, to, extra } = world;
  for (const installation of [world.installation, world.second]) {
    const { account, region, catalogue } = installation;
    const target = catalogue.targets.production?.account ?? '';
    extra.push(
      ...deployment(random, { account, region, at: addSeconds(from, 1_800), kind: 'service' }),
      ...deployment(random, { account: target, region, at: addSeconds(from, 2_400), kind: 'target' }),
    );
    for (let at = addSeconds(from, 3_600); at < to; at = addSeconds(at, 6 * 3_600))
      extra.push(...startedAt(installation, target, at));
  }
}

/** AWS starts a function and the workflow, and hands on what the watch of the target saw. */
function startedAt(installation: Installation, target: string, at: Instant): TrailRecord[] {
  const work = [
    { service: 'states.amazonaws.com', role: 'countersign-workflow', sessionName: 'workflow' },
    {
      service: 'lambda.amazonaws.com',
      role: 'countersign-reconcile-trail',
      sessionName: 'awslambda_573_20261116020000000',
    },
  ];
  const watch = { service: 'events.amazonaws.com', role: 'countersign-watch', sessionName: 'events', at };
  return [
    ...work.map((started) => startedWork(installation, { ...started, at }).record),
    startedWork({ ...installation, account: target }, watch).record,
  ];
}
