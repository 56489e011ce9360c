import { clockTime } from '../terminal/times.ts';
import type { Session } from './credentialsOf.ts';

type Times = Pick<Session, 'sessionExpiresAt' | 'grantEndsAt'>;

/** How long credentials last that are asked for again by whoever uses them. */
export const renewingLine = ({ sessionExpiresAt, grantEndsAt }: Times): string =>
  sessionExpiresAt < grantEndsAt
    ? `session ends ${clockTime(sessionExpiresAt)}, grant ends ${clockTime(grantEndsAt)}, renews by itself`
    : `access ends ${clockTime(grantEndsAt)}, with the grant`;

/** The same for credentials that stay as they are, and how to get the next ones. */
export const fixedLine = ({ sessionExpiresAt, grantEndsAt }: Times, again: string): string =>
  sessionExpiresAt < grantEndsAt
    ? `session ends ${clockTime(sessionExpiresAt)}, grant ends ${clockTime(grantEndsAt)}: ${again}`
    : `access ends ${clockTime(grantEndsAt)}, with the grant`;
