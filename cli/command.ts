import type { ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** An option as `--help` and the shell's completion tell it. */
export interface OptionUsage {
  type: 'string' | 'boolean';
  /** What stands for its value in the help: `DURATION`. */
  value?: string;
  /** All values there are, where they are few. */
  values?: readonly string[];
  short?: string;
  multiple?: boolean;
  says: string;
}

/** A word that is no option. */
export interface WordUsage {
  /** What stands for it in the help: `ENTITLEMENT`. */
  name: string;
  says: string;
  optional?: boolean;
  /** As often as wanted; the last of a command's words only. */
  multiple?: boolean;
  /** All values there are, where they are few; or where the shell's completion finds them: `requests` are named by entitlements, too. */
  values?: readonly string[] | 'requests' | 'request ids' | 'entitlements';
}

export type OptionUsages = Record<string, OptionUsage>;

/** The values of options: each a text, or a boolean for those without a value; a list for those that may be repeated. */
type Values<Options extends OptionUsages> = ReturnType<
  typeof parseArgs<{ options: Options & ParseArgsOptionsConfig }>
>['values'] & { json?: boolean };

/** What somebody typed after the command's name. */
export interface CommandLine<Options extends OptionUsages> {
  values: Values<Options>;
  /** Words that are no options, in the order of the command's; checked to be neither too few nor too many. */
  words: string[];
  /** What stands after `--`. */
  after: string[];
}

/** One command of `countersign`. `--json` and `--help` come of themselves. */
export interface Command<Options extends OptionUsages = OptionUsages> {
  name: string;
  /** What it does, in a sentence or two. */
  says: string;
  words?: readonly WordUsage[];
  /** What stands after `--`, where it takes something there. */
  after?: WordUsage;
  options: Options;
  /** Whole command lines, each with what it does. */
  examples: readonly (readonly [line: string, says: string])[];
  /** Does it. Answers the exit code; throws a `CommandError`, or an error of `client/`, where it cannot. */
  run(line: CommandLine<Options>): Promise<number>;
}

/** Options that every command has. */
export const commonOptions = {
  json: { type: 'boolean', says: 'answer in JSON; an error is JSON too, on stderr' },
  help: { type: 'boolean', short: 'h', says: 'this text' },
} as const satisfies OptionUsages;

/** Gives a command the type of its options. */
export const command = <const Options extends OptionUsages>(definition: Command<Options>): Command =>
  definition as unknown as Command;
