import type { Catalogue } from '#domain/catalogue.ts';
import { addSeconds, type Instant, secondsBetween } from '#domain/instant.ts';
import { background } from './background/background.ts';
import { boundaryRecords } from './countersign/boundary.ts';
import type { Installation } from './countersign/installation.ts';
import type { Random } from './random.ts';
import type { TrailRecord } from './trailRecord.ts';

/** An organisation over some days, with all that its trails would hold. Its truth is known: it was written from it. */
export interface World {
  random: Random;
  from: Instant;
  to: Instant;
  installation: Installation;
  /** What was in force in the first half of the time: two leads could approve what later takes one from security. */
  earlierCatalogue: Catalogue;
  /** Another one, of another team: own service account, own target, own catalogue. */
  second: Installation;
  /** What planted faults add to the records of the stories. */
  extra: TrailRecord[];
  /** Records that the logs have lost. */
  missing: Set<unknown>;
  /** Of the background, and how many times the usual number of calls its sessions make. */
  events: number;
  busy: number;
}

/** The installation with the catalogue of a time. */
export const installationAt = (world: World, at: Instant): Installation =>
  at < middleOf(world) ? { ...world.installation, catalogue: world.earlierCatalogue } : world.installation;

/** When a story may begin: early enough to be over, reviews included, before the trail ends. */
export const sometime = ({ from, to, random }: World): Instant =>
  between(random, addSeconds(from, 7_200), to);

/** The same, while the catalogue of now was in force. */
export const lately = (world: World): Instant => between(world.random, middleOf(world), world.to);

const between = (random: Random, from: Instant, to: Instant): Instant =>
  addSeconds(from, random.whole(0, Math.max(0, secondsBetween(from, to) - 36_000)));

const middleOf = ({ from, to }: World): Instant => addSeconds(from, secondsBetween(from, to) / 2);

/** What Countersign and planted faults wrote into the trail, in no order. What was before it is not in it. */
export function recordsBesideBackground(world: World): TrailRecord[] {
  const { extra, missing, from } = world;
  const installations = [world.installation, world.second].flatMap((installation) => [
    ...installation.stories.flatMap(({ evidence, sessions, calls }) => [
      ...evidence.map(({ record }) => record),
      ...sessions.flatMap(({ records }) => records),
      ...calls,
    ]),
    ...boundaryRecords(installation),
    ...installation.records,
  ]);
  return [...installations, ...extra].filter((record) => record.eventTime >= from && !missing.has(record));
}

/** What goes on around it, record by record. */
export const backgroundOf = (world: World): Generator<TrailRecord> =>
  background(world.random.fork('background'), world);
