import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { listInput } from '#review/reader/logInput.ts';
import { readTrail } from '#review/reader/readTrail.ts';
import { issuancesOf } from '#review/sessions/issuances.ts';
import type { ReviewedSession } from '#review/sessions/reviewedSession.ts';
import { reviewSessions } from '#review/sessions/sessions.ts';
import { describeRealLogs, realLogs } from '../../support/realLogs.ts';

/** What a script that shares nothing with the review found in the logs. */
const expectedSchema = z.record(
  z.string(),
  z.object({
    issued: z.number(),
    failedIssuance: z.array(z.tuple([z.string(), z.string(), z.string(), z.string().nullable()])),
    joined: z.number(),
    detail: z.array(
      z.object({
        /** The access key, or the ARN where there is none. */
        key: z.string(),
        issuer: z.string().nullable(),
        issuerEvent: z.string().nullable(),
        calls: z.number(),
      }),
    ),
  }),
);
const expectedFile = realLogs('EXPECTED.json');
const expected =
  expectedFile === undefined ? {} : expectedSchema.parse(JSON.parse(readFileSync(expectedFile, 'utf8')));

const reviewOf = async (set: string) => {
  const input = await listInput(realLogs(set) ?? set);
  const trail = await readTrail(input, { workers: 1, hashContents: false });
  const issuances = issuancesOf(trail);
  return { issuances, sessions: reviewSessions(trail, issuances) };
};

/** Exports that mask access keys have many sessions under one. */
const sumOf = (sessions: readonly ReviewedSession[]) => ({
  calls: sessions.reduce((sum, { calls }) => sum + calls, 0),
  issuers: new Set(sessions.map(({ issuedBy }) => issuedBy ?? null)),
  events: new Set(sessions.map(({ issuance }) => issuance?.event.id ?? null)),
});

describeRealLogs('logs that others captured on AWS', () => {
  it.each(Object.entries(expected))(
    '%s: the same calls issued credentials or were refused',
    async (set, found) => {
      const { issuances } = await reviewOf(join('real', set));
      expect(issuances.ok).toHaveLength(found.issued);
      expect(
        issuances.failed.map(({ event, roleArn }) => [
          event.at,
          event.caller.arn,
          event.errorCode,
          roleArn === undefined ? null : roleArn.replace(/^.*:/, ''),
        ]),
      ).toEqual(found.failedIssuance);
    },
  );

  it.each(Object.entries(expected))('%s: the same sessions were issued by the same', async (set, found) => {
    const { sessions } = await reviewOf(join('real', set));
    const byKey = Map.groupBy(sessions, ({ accessKeyId, arn }) => accessKeyId ?? arn);
    expect(sessions.filter(({ joinedBy }) => joinedBy === 'accessKey')).toHaveLength(found.joined);
    expect(new Map([...byKey].map(([key, each]) => [key, sumOf(each)]))).toEqual(
      new Map(
        found.detail.map(({ key, issuer, issuerEvent, calls }) => [
          key,
          { calls, issuers: new Set([issuer]), events: new Set([issuerEvent]) },
        ]),
      ),
    );
  });

  it.each(['panther', 'streamalert', 'c7n'])(
    '%s: records made for documentation and tests join nothing by accident',
    async (set) => {
      const { sessions } = await reviewOf(join('fixtures', set));
      const joined = sessions.filter(({ joinedBy }) => !['serviceLinked', 'unresolved'].includes(joinedBy));
      expect(joined).toEqual([]);
      for (const { joinedBy, issuedBy, identity } of sessions)
        expect(issuedBy).toBe(joinedBy === 'serviceLinked' ? identity.issuerArn?.split('/')[2] : undefined);
    },
  );
});
