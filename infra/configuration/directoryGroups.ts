import { Document, isMap, isScalar } from 'yaml';
import * as z from 'zod';
import { emailSchema } from '../../domain/identity.ts';
import { parseYaml } from './parseYaml.ts';
import { readYaml, type YamlFile } from './yamlFile.ts';

/** The groups that come from the directory, as a file beside the catalogue. */
export const directoryGroupsFile = 'directory.groups.yaml';

const directoryGroupsSchema = z.strictObject({
  /** The identity store that they were read from. */
  identityStore: z.string().min(1),
  readAt: z.iso.datetime('must be a time, such as 2026-11-22T10:00:00Z'),
  groups: z.record(z.string().min(1), z.array(emailSchema)),
});

/** Groups of the directory as they were when somebody read them: reviewed like the catalogue, and part of it. */
export type DirectoryGroups = z.infer<typeof directoryGroupsSchema>;

const advice = 'This file is written by npm run groups.';

/** Throws a `ConfigurationError` that names every fault with its line. */
export async function readDirectoryGroups(
  file: string,
): Promise<{ groups: DirectoryGroups; yaml: YamlFile }> {
  const yaml = await readYaml(file, advice);
  return { groups: parseYaml(yaml, directoryGroupsSchema, advice), yaml };
}

/** The file's text. `remarks` say why somebody or all of a group are missing; they stand above it, for the review. */
export function renderDirectoryGroups(
  { identityStore, readAt, groups }: DirectoryGroups,
  remarks: Record<string, readonly string[]>,
): string {
  const sorted = Object.entries(groups)
    .map(([name, people]): [string, string[]] => [name, [...new Set(people)].sort()])
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const document = new Document({ identityStore, readAt, groups: Object.fromEntries(sorted) });
  document.commentBefore = [
    ' Groups of the directory that the catalogue names and does not list itself. Written by `npm run groups`; a change',
    ' takes effect when it is reviewed and deployed.',
  ].join('\n');
  const written = document.get('groups');
  for (const { key } of isMap(written) ? written.items : [])
    if (isScalar(key)) key.commentBefore = commentOf(remarks[String(key.value)]);
  return document.toString();
}

const commentOf = (remarks: readonly string[] = []): string | null =>
  remarks.length > 0 ? remarks.map((remark) => ` ${remark}`).join('\n') : null;
