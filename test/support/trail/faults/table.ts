import { readFile, writeFile } from 'node:fs/promises';
import { addSeconds } from '#domain/instant.ts';
import { activeStory } from '../countersign/stories/beginnings.ts';
import type { stories } from '../countersign/stories.ts';
import { happen, settle, windowOf } from '../countersign/story.ts';
import type { Delivered } from '../deliverWorld.ts';
import { lately } from '../world.ts';
import { type Fault, may, must } from './fault.ts';
import { idOf, told } from './told.ts';

/** An item as DynamoDB's JSON has it. */
// oxlint-disable-next-line typescript/no-explicit-any -- edits reach deep into it.
type Item = Record<string, any>;

interface Edit {
  /** Which story is told for it. */
  kind: keyof typeof stories;
  /** What the table has instead; nothing where the item is deleted. */
  edit: (item: Item) => Item | undefined;
  rule?: string;
  besides?: string[];
}

/** The request table was edited before it was exported: trail and table do not say the same any more. */
const edited = (name: string, { kind, edit, rule = 'table-differs', besides = [] }: Edit): Fault => ({
  name,
  table: true,
  async plant(world) {
    const { id } = (await told(world, kind)).request.terms;
    return [must(rule, id), ...besides.map((other) => may(other, id))];
  },
  async alter({ table }: Delivered, [planted]) {
    const pages = JSON.parse(await readFile(table, 'utf8'));
    const [id] = planted?.of ?? [];
    pages.Items = pages.Items.flatMap((item: Item) => (item.id.S === id ? (edit(item) ?? []) : item));
    await writeFile(table, JSON.stringify(pages));
    return [];
  },
});

/** The history entry of an event. */
const entryOf = (item: Item, event: string): Item =>
  item.history.L.find(({ M }: Item) => M.event.S === event).M;

/** A table that tells another story than the trail. */
export const tableFaults: readonly Fault[] = [
  edited('The table calls a revoked request ended.', {
    kind: 'revoked',
    edit: (item) => ({ ...item, status: { S: 'ended' } }),
  }),
  edited('The table has another approver than the trail.', {
    kind: 'ended',
    edit(item) {
      entryOf(item, 'approved').by.S = 'carol@example.com';
      return item;
    },
  }),
  edited('The justification was changed after the fact.', {
    kind: 'ended',
    edit(item) {
      item.terms.M.justification.S = 'Something that sounds much better now';
      return item;
    },
  }),
  edited('The end of a window was moved in the table.', {
    kind: 'revoked',
    edit(item) {
      item.window.M.endsAt.S = '2026-11-30T23:59:59Z';
      return item;
    },
  }),
  edited('A link of the history was dropped.', {
    kind: 'ended',
    edit(item) {
      item.history.L.splice(1, 1);
      return item;
    },
  }),
  edited('The history joins an entry to another notary session.', {
    kind: 'denied',
    edit(item) {
      entryOf(item, 'denied').notary.S = 'ASIAIOSFODNN7EXAMPLE';
      return item;
    },
  }),
  edited('The table has another session than the one that was issued.', {
    kind: 'ended',
    edit(item) {
      entryOf(item, 'issued').detail.M.accessKeyId.S = 'ASIAIOSFODNN7EXAMPLE';
      return item;
    },
  }),
  edited('A request was deleted from the table.', { kind: 'denied', edit: () => undefined }),
  edited('An item of the table is no request any more.', {
    kind: 'cancelled',
    edit({ history: _, ...item }) {
      return item;
    },
  }),
  {
    name: 'A request was put into the table that was never attested.',
    table: true,
    async plant(world) {
      const story = await told(world, 'ended');
      // The table keeps it, and the trail knows nothing of it.
      for (const { record } of story.evidence) world.missing.add(record);
      for (const record of [...story.sessions.flatMap(({ records }) => records), ...story.calls])
        world.missing.add(record);
      return [must('table-differs', story.request.terms.id)];
    },
  },
  {
    name: 'A revocation was dated back, as if the access had been over sooner.',
    table: true,
    async plant(world) {
      const story = await activeStory(world.installation, lately(world));
      const { startsAt } = windowOf(story.request);
      const noted = addSeconds(startsAt, 800);
      const revocation = { event: 'revoked', reason: 'Not needed any more', by: 'ada@example.com' } as const;
      await happen(story, { ...revocation, at: addSeconds(startsAt, 500) }, { attester: 'decisions', noted });
      await settle(story, addSeconds(noted, 1));
      return [must('table-differs', idOf(story))];
    },
  },
  edited('A review found break-glass unjustified.', {
    kind: 'breakGlass',
    rule: 'break-glass-unjustified',
    besides: ['table-differs'],
    edit(item) {
      item.review.M.verdict.S = 'unjustified';
      entryOf(item, 'reviewed').detail.M.verdict.S = 'unjustified';
      return item;
    },
  }),
];
