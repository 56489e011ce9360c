import type { Instant } from '#domain/instant.ts';
import { addSeconds } from '#domain/instant.ts';
import { type CloudTrailRecord, callRecord, type Over, type RoleSession, targetAccount } from '../records.ts';

/** A session of a role that has nothing to do with Countersign. */
export const developer: RoleSession = {
  roleArn: `arn:aws:iam::${targetAccount}:role/developer`,
  sessionName: 'bob',
  accessKeyId: 'ASIADEVELOPERSKEY001',
  createdAt: '2026-11-22T09:00:00Z',
};

/** A session of a target role. */
export const underGrant: RoleSession = {
  roleArn: `arn:aws:iam::${targetAccount}:role/countersign-orders-read`,
  sessionName: '01M81YE4X65KSGWT8AKTR6PX3B',
  accessKeyId: 'ASIAUNDERGRANTSKEY01',
  createdAt: '2026-11-22T10:00:00Z',
  sourceIdentity: 'alice@example.com',
};

export const noon: Instant = '2026-11-22T12:00:00Z';

/** As many different calls, a second apart. */
export const calls = (count: number, session = developer, over: Over = {}): CloudTrailRecord[] =>
  Array.from({ length: count }, (_, index) => callRecord({ at: addSeconds(noon, index), session }, over));
