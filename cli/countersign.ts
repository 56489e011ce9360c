#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { CommandError } from './commandError.ts';
import { readCommandLine } from './commandLine.ts';
import { commands, unknownCommand, usage } from './commands.ts';
import { exitCodes } from './exitCodes.ts';

// What is loaded from here on is read as TypeScript once, not at every start. Beside the code: what others may write to could hold theirs.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/countersign/compiled', import.meta.url)));

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return;
  process.stderr.write(
    `The answer could not be written (${code}). Make room where it goes, and try again.\n`,
  );
  process.exit(exitCodes.unusable);
});
// Then nobody can be told, and the exit code says it.
process.stderr.on('error', () => undefined);

const args = process.argv.slice(2);
try {
  process.exitCode = await answerTo(args);
} catch (error) {
  process.exitCode = await complain(error, args);
}

/** Answers the exit code. */
async function answerTo([name, ...rest]: string[]): Promise<number> {
  if (name === '--version' || name === '-v') return say(`${manifest.version}\n`);
  if (name === 'help' || name === '--help' || name === '-h') {
    const about = rest.find((word) => word !== 'help' && !word.startsWith('-'));
    return about === undefined ? say(usage(process.stdout)) : answerTo([about, '--help']);
  }
  if (name === undefined) {
    process.stderr.write(usage(process.stderr));
    return exitCodes.unusable;
  }
  const listed = commands.find((command) => command.name === name);
  if (!listed) throw new CommandError(unknownCommand(name));
  const command = await listed.load();
  const line = readCommandLine(command, rest);
  if (line !== 'help') return command.run(line);
  const { commandHelp } = await import('./commandHelp.ts');
  return say(commandHelp(command, process.stdout));
}

function say(text: string): 0 {
  process.stdout.write(text);
  return exitCodes.done;
}

/** Tells on stderr what went wrong: in JSON to who wants JSON. Answers the exit code. */
async function complain(error: unknown, args: string[]): Promise<number> {
  const { complaintOf } = await import('./complaint.ts');
  const complaint = complaintOf(error);
  const end = args.indexOf('--');
  const wantsJson = args.slice(0, end === -1 ? undefined : end).includes('--json');
  process.stderr.write(`${wantsJson ? JSON.stringify({ error: complaint }) : complaint.message}\n`);
  return complaint.exitCode;
}
