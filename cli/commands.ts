import { visibleLine } from '#domain/visibleText.ts';
import { nearestName } from '#infra/configuration/nearestName.ts';

interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** The command itself: takes the words after its name, answers the exit code. */
  load(): Promise<(commandLine: string[]) => Promise<number>>;
}

export const commands: ReadonlyMap<string, Command> = new Map([
  [
    'review',
    {
      summary: 'proves from CloudTrail log files what was granted, and finds what is wrong',
      load: async () => (await import('./review.ts')).review,
    },
  ],
]);

export const usage = (): string => `Just-in-time access to production AWS accounts.

  npx countersign <command> [options]

${[...commands].map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

  --help     this text; after a command, what that one takes
  --version  the version
`;

/** What to say to a name that is no command. */
export function unknownCommand(name: string): string {
  const meant = nearestName(name, [...commands.keys()]);
  const next = meant ? `Did you mean "${meant}"?` : 'npx countersign --help lists them.';
  return `There is no command "${visibleLine(name)}". ${next}`;
}
