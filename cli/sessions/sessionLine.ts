import { clockTime } from '../terminal/times.ts';
import type { Session, SessionOptions } from './credentialsOf.ts';

type Told = Pick<Session, 'requestId' | 'sessionExpiresAt' | 'grantEndsAt'>;

/** How long credentials last that are asked for again by whoever uses them. */
export const renewingLine = (session: Told, options: SessionOptions): Promise<string> =>
  sessionLine(session, options, ', renews by itself');

/** The same for credentials that stay as they are, and how to get the next ones. */
export const fixedLine = (session: Told, options: SessionOptions, again: string): Promise<string> =>
  sessionLine(session, options, `: ${again}`);

async function sessionLine(session: Told, options: SessionOptions, next: string): Promise<string> {
  const { requestId, sessionExpiresAt, grantEndsAt } = session;
  // Loaded only where somebody reads the line: what AWS’s tools ask for needs none of it.
  const { otherService } = await import('./otherService.ts');
  const other = await otherService(requestId, options);
  const whose = other === undefined ? '' : `grant of ${other}: `;
  return sessionExpiresAt < grantEndsAt
    ? `${whose}session ends ${clockTime(sessionExpiresAt)}, grant ends ${clockTime(grantEndsAt)}${next}`
    : `${whose}access ends ${clockTime(grantEndsAt)}, with the grant`;
}
