import { addSeconds } from '#domain/instant.ts';
import { activeStory } from '../countersign/stories/beginnings.ts';
import { brokenGlass, review } from '../countersign/stories/breakGlass.ts';
import { runOut } from '../countersign/story.ts';
import { installationAt, lately } from '../world.ts';
import { evidenceOf } from './edits.ts';
import { type Fault, must } from './fault.ts';
import { idOf, told } from './told.ts';

/** What has to be done about a grant, and was not. */
export const upkeepFaults: readonly Fault[] = [
  {
    name: 'The workflow stands still: a grant whose time is out never ends.',
    async plant(world) {
      return [must('grant-not-closed', idOf(await activeStory(world.installation, lately(world))))];
    },
  },
  {
    name: 'The last link of a request was never put on record.',
    async plant(world) {
      const story = await told(world, 'returned');
      world.missing.add(evidenceOf(story, 'closed'));
      return [must('grant-not-closed', idOf(story))];
    },
  },
  {
    name: 'Nobody looks at a break-glass grant.',
    async plant(world) {
      const at = addSeconds(world.from, world.random.whole(7_200, 36_000));
      const story = await brokenGlass(installationAt(world, at), at);
      await runOut(story);
      return [must('break-glass-not-reviewed', idOf(story))];
    },
  },
  {
    name: 'Somebody looks at a break-glass grant two days late.',
    async plant(world) {
      const at = addSeconds(world.from, world.random.whole(7_200, 36_000));
      const story = await brokenGlass(installationAt(world, at), at);
      await runOut(story);
      await review(story, addSeconds(at, 2 * 86_400));
      return [must('break-glass-not-reviewed', idOf(story))];
    },
  },
];
