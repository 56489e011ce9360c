#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { visibleLines } from '#domain/visibleText.ts';
import manifest from '../package.json' with { type: 'json' };
import { CommandError } from './commandError.ts';
import { commands, unknownCommand, usage } from './commands.ts';

// What is loaded from here on is read as TypeScript once, not at every start. Beside the code: what others may write to could hold theirs.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/countersign/compiled', import.meta.url)));

process.exitCode = await main(process.argv.slice(2));

/** Answers the exit code; 2 means that what was asked for could not be done. */
async function main([name, ...rest]: string[]): Promise<number> {
  // A reader that has seen enough, such as `head`, is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  if (name === '--version' || name === '-v') return say(`${manifest.version}\n`);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    if (name !== undefined) return say(usage());
    process.stderr.write(usage());
    return 2;
  }
  const command = commands.get(name);
  if (!command) return complain(unknownCommand(name));
  try {
    // Only what was asked for is loaded: most of a short command's time would be reading code.
    const run = await command.load();
    return await run(rest);
  } catch (error) {
    return complain(reasonOf(error));
  }
}

function say(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

function complain(text: string): 2 {
  process.stderr.write(`${text}\n`);
  return 2;
}

/** Sentences that were written for whoever reads them, or what a programmer needs. File names in them may be anybody's. */
function reasonOf(error: unknown): string {
  const what = error instanceof Error ? error.message : String(error);
  const reason = visibleLines(what).join('\n');
  if (error instanceof CommandError) return reason;
  if (error instanceof Error && process.env.COUNTERSIGN_DEBUG)
    return `countersign could not go on: ${error.stack}`;
  return `countersign could not go on: ${reason}\nCOUNTERSIGN_DEBUG=1 shows where.`;
}
