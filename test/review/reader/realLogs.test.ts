import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';
import type { TrailSession } from '#review/reader/trail.ts';
import { describeRealLogs, realLogs } from '../../support/realLogs.ts';
import { readFolder } from './logFolder.ts';

/** What a script that shares nothing with the review found in the logs. */
const expectedSchema = z.record(
  z.string(),
  z.object({
    events: z.number(),
    duplicates: z.number(),
    unique: z.number(),
    sessions: z.number(),
    detail: z.array(
      z.object({
        /** The access key, or the ARN where there is none. */
        key: z.string(),
        calls: z.number(),
        errors: z.number(),
        denied: z.number(),
        first: z.string(),
        last: z.string(),
        /** The four most frequent, `ec2:RunInstances`. */
        top: z.array(z.tuple([z.string(), z.number()])),
      }),
    ),
  }),
);

const file = realLogs('EXPECTED.json');
const expected = file === undefined ? {} : expectedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The script took all sessions of one key for one: exports that mask keys have many. */
function ofOneKey(sessions: readonly TrailSession[]) {
  const counts = new Map<string, number>();
  for (const { action, count } of sessions.flatMap(({ actions }) => actions)) {
    const name = `${action.source.replace('.amazonaws.com', '')}:${action.name}`;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return {
    calls: sum(sessions.map(({ calls }) => calls)),
    errors: sum(sessions.map(({ errors }) => errors)),
    denied: sum(sessions.map(({ denied }) => denied)),
    first: sessions.map(({ first }) => first).sort()[0],
    last: sessions
      .map(({ last }) => last)
      .sort()
      .at(-1),
    counts,
  };
}

describeRealLogs('logs that others captured on AWS', () => {
  it.each(Object.entries(expected))('%s: every record is counted as it should be', async (set, found) => {
    const { completeness } = await readFolder(realLogs(`real/${set}`) ?? set);
    expect(completeness).toMatchObject({
      records: found.events,
      duplicates: found.duplicates,
      unique: found.unique,
      skipped: {},
    });
  });

  it.each(Object.entries(expected))('%s: the same sessions made the same calls', async (set, found) => {
    const { sessions } = await readFolder(realLogs(`real/${set}`) ?? set);
    const keys = Map.groupBy(sessions, ({ accessKeyId, arn }) => accessKeyId ?? arn);
    expect([...keys.keys()].sort()).toEqual(found.detail.map(({ key }) => key).sort());
    for (const { key, top, ...counts } of found.detail) {
      const { counts: actions, ...session } = ofOneKey(keys.get(key) ?? []);
      const { calls, errors, denied, first, last } = counts;
      expect(session).toEqual({ calls, errors, denied, first, last });
      expect([...actions.values()].sort((a, b) => b - a).slice(0, top.length)).toEqual(
        top.map(([, count]) => count),
      );
      for (const [action, count] of top) expect(actions.get(action)).toBe(count);
    }
  });

  it.each(['fixtures/panther', 'fixtures/streamalert', 'fixtures/c7n'])(
    '%s, written by hand: every record is an event, a duplicate, or skipped for a reason',
    async (set) => {
      const { completeness, files } = await readFolder(realLogs(set) ?? set);
      const { records, unique, duplicates, skipped } = completeness;
      expect(records).toBe(unique + duplicates + sum(Object.values(skipped)));
      expect(Object.keys(skipped)).toEqual(['noTime']);
      expect(files.filter(({ fault }) => fault !== undefined)).toEqual([]);
    },
  );
});
