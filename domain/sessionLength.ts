import { addSeconds, type Instant } from './instant.ts';

/** Seconds of an STS session: 900 for grants up to four hours, 3600 beyond, or as the entitlement says. */
export const sessionDurationOf = (grantSeconds: number, sessionDuration: number | undefined): number =>
  sessionDuration ?? (grantSeconds <= 4 * 3_600 ? 900 : 3_600);

/** Seconds from one session to the next: five minutes, or a third of the session, before it runs out. */
export const reissueEvery = (sessionSeconds: number): number =>
  sessionSeconds - Math.min(300, Math.floor(sessionSeconds / 3));

/** When the next session is due, or undefined when this one lasts to the grant's end. */
export function reissueTime(issuedAt: Instant, sessionSeconds: number, endsAt: Instant): Instant | undefined {
  const lasts = addSeconds(issuedAt, sessionSeconds) >= endsAt;
  return lasts ? undefined : addSeconds(issuedAt, reissueEvery(sessionSeconds));
}
