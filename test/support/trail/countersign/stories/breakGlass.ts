import { sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import { bob, carol } from '../../../builders.ts';
import { useMuch } from '../calls.ts';
import type { Installation } from '../installation.ts';
import { issue } from '../sessions.ts';
import { beginStory, happen, runOut, type Story, settle } from '../story.ts';
import { minutes, type Stories } from './beginnings.ts';

export const reviewed = {
  async breakGlass(installation, at) {
    const story = await brokenGlass(installation, at);
    await runOut(story);
    await review(story, minutes(at, 400));
    return story;
  },

  /** Reviewed while it ran, which ends it. */
  async breakGlassCutShort(installation, at) {
    const story = await brokenGlass(installation, at);
    await review(story, minutes(at, 9));
    return story;
  },
} satisfies Stories;

/** Carol needs it at once and nobody has to approve; used for some minutes. */
export async function brokenGlass(installation: Installation, at: Instant): Promise<Story> {
  const wish = { entitlement: 'orders-admin', breakGlass: true, durationSeconds: 900 };
  const story = await beginStory(installation, { who: carol, wish, at });
  const issued = await issue(story, addSeconds(at, 1));
  useMuch(story, issued, 300);
  return story;
}

/** Bob reviews break-glass; what still ran is over with it. */
export async function review(story: Story, at: Instant): Promise<void> {
  await happen(
    story,
    { event: 'reviewed', verdict: 'justified', comment: 'The shop was down', at, by: sourceIdentityOf(bob) },
    { attester: 'decisions' },
  );
  await settle(story, addSeconds(at, 1));
}
