import { dave } from '../../builders.ts';
import { approvals } from './stories/approvals.ts';
import { activeStory, minutes, type Stories } from './stories/beginnings.ts';
import { brokenGlass, reviewed } from './stories/breakGlass.ts';
import { endings } from './stories/endings.ts';
import { mishaps } from './stories/mishaps.ts';
import { beginStory, runOut } from './story.ts';

/** Requests of every kind, from beginning to end; all of them are as they should be. */
export const stories = { ...endings, ...approvals, ...reviewed, ...mishaps } satisfies Stories;

/** Stories that are not over when the trail ends: nothing is wrong with that. `at` is the end. */
export const unfinishedStories = {
  undecided: (installation, at) => beginStory(installation, { who: dave, at: minutes(at, -50) }),
  running: (installation, at) => activeStory(installation, minutes(at, -20), { durationSeconds: 3_600 }),
  async awaitingReview(installation, at) {
    const story = await brokenGlass(installation, minutes(at, -300));
    await runOut(story);
    return story;
  },
} satisfies Stories;
