import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Reads, unpacks and parses every log file of a folder, and counts the records: the least that any review in Node has to do. */
const [folder = '.'] = process.argv.slice(2);
let records = 0;
for (const path of globSync('**/*.json.gz', { cwd: folder }))
  records += JSON.parse(gunzipSync(readFileSync(join(folder, path))).toString()).Records.length;
process.stdout.write(`${records}\n`);
