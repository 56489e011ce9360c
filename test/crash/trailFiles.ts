import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The ids of all events in the trail's files, as a reader of the bucket finds them. */
export async function eventIdsInFiles(dataDirectory: string): Promise<string[]> {
  const root = join(dataDirectory, 'trail', 'AWSLogs');
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.json.gz'));
  const contents = await Promise.all(files.map((file) => readFile(join(root, file))));
  return contents.flatMap((content) => {
    const { Records }: { Records: { eventID: string }[] } = JSON.parse(gunzipSync(content).toString());
    return Records.map(({ eventID }) => eventID);
  });
}
