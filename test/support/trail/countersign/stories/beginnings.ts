import { addSeconds, type Instant } from '#domain/instant.ts';
import { alice, bob } from '../../../builders.ts';
import { useMuch } from '../calls.ts';
import type { Installation } from '../installation.ts';
import { issue, openSession } from '../sessions.ts';
import { beginStory, decide, type IssuedSession, type Story, windowOf } from '../story.ts';

/** How the story of a request goes, from when it is made. */
export type Tell = (installation: Installation, at: Instant) => Promise<Story>;

export type Stories = Readonly<Record<string, Tell>>;

export const minutes = (at: Instant, count: number): Instant => addSeconds(at, 60 * count);

/** Asked for by alice and approved by bob five minutes later. */
export async function approvedStory(
  installation: Installation,
  at: Instant,
  { durationSeconds = 900, ticket }: { durationSeconds?: number; ticket?: string } = {},
): Promise<Story> {
  const wish = { durationSeconds, ...(ticket !== undefined && { ticket }) };
  const story = await beginStory(installation, { who: alice, wish, at });
  await decide(story, bob, { at: minutes(at, 5) });
  return story;
}

/** The same, with its first session issued and used. */
export async function activeStory(
  installation: Installation,
  at: Instant,
  options: { durationSeconds?: number; ticket?: string } = {},
): Promise<Story> {
  const story = await approvedStory(installation, at, options);
  useMuch(story, await issue(story, addSeconds(windowOf(story.request).startsAt, 2)), 300);
  return story;
}

/** A session that STS made and `issueSession` never came to attest: it was killed in between. */
export async function crashedSession(story: Story, at: Instant): Promise<IssuedSession> {
  const opened = await openSession(story, at);
  story.sessions.push(opened);
  return opened;
}
