import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { visibleLine } from '#domain/visibleText.ts';
import { errorCode } from '../errorCode.ts';
import { folders } from '../folders.ts';
import { placeVariables } from '../privateFile.ts';
import { type Check, fine, note, wrong } from './check.ts';
import { quoted } from './files.ts';

/** Whether what the command keeps can be written: without its cache it asks more often, without the others it cannot keep a sign-in or a key. */
export const writable: Check = {
  about: 'Folders',
  async find() {
    const { config, state, cache } = folders();
    const [needed, spare] = [await blocksOf([config, state]), await blocksOf([cache])];
    const known = new Set(needed.map(({ at }) => at));
    const findings = [
      ...needed.map((block) => wrong(`${said(block)} No sign-in or key can be kept here. ${mend(block)}`)),
      ...spare
        .filter(({ at }) => !known.has(at))
        .map((block) => note(`${said(block)} So the service is asked for each session. ${mend(block)}`)),
    ];
    return findings.length > 0 ? findings : [fine('what is kept here can be written')];
  },
};

/** A folder that cannot be written, and those that are wanted there: itself, or one that it would come into. */
interface Block {
  at: string;
  code: string;
  wanted: string[];
}

async function blocksOf(wanted: string[]): Promise<Block[]> {
  const blocks: Block[] = [];
  for (const folder of wanted) {
    const block = await blockOf(folder);
    const same = blocks.find(({ at }) => at === block?.at);
    if (same) same.wanted.push(folder);
    else if (block) blocks.push({ ...block, wanted: [folder] });
  }
  return blocks;
}

/** The nearest folder that is there decides. */
async function blockOf(folder: string): Promise<Pick<Block, 'at' | 'code'> | undefined> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = errorCode(error) ?? 'failed';
    return code === 'ENOENT' && dirname(folder) !== folder ? blockOf(dirname(folder)) : { at: folder, code };
  }
}

function said({ at, code, wanted }: Block): string {
  const made = wanted.filter((folder) => folder !== at).map(visibleLine);
  const missing = made.length > 0 ? `, so ${made.join(' and ')} cannot be made` : '';
  return `${visibleLine(at)} cannot be written (${code})${missing}.`;
}

const mend = ({ at }: Block): string =>
  `Make it writable for you: chmod u+wx ${quoted(at)}, or where it is not yours to change, name other folders in ${placeVariables}.`;
