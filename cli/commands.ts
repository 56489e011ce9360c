import { styleText } from 'node:util';
import { visibleLine } from '#domain/visibleText.ts';
import { nearestName } from '#infra/configuration/nearestName.ts';
import type { Command } from './command.ts';
import { columnsOf } from './terminal/columns.ts';
import { hanging } from './terminal/wrapped.ts';

/** A command in the list of all: loaded only when it is wanted, since most of a short command's time would be reading code. */
interface ListedCommand {
  name: string;
  summary: string;
  load(): Promise<Command>;
}

const listed = (name: string, summary: string, load: () => Promise<Command>): ListedCommand => ({
  name,
  summary,
  load,
});

/** All commands, in the groups that the help shows. */
export const commandGroups: readonly { title: string; commands: readonly ListedCommand[] }[] = [
  {
    title: 'Ask for access',
    commands: [
      listed('list', 'what you may ask for', async () => (await import('./commands/list.ts')).list),
      listed('request', 'asks for access', async () => (await import('./commands/request.ts')).request),
      listed('status', 'how a request stands', async () => (await import('./commands/status.ts')).status),
      listed(
        'remind',
        'sends the approvers their mails again',
        async () => (await import('./commands/remind.ts')).remind,
      ),
      listed('cancel', 'withdraws a request', async () => (await import('./commands/cancel.ts')).cancel),
      listed(
        'return',
        'ends your access early',
        async () => (await import('./commands/return.ts')).returnEarly,
      ),
    ],
  },
  {
    title: 'Use it',
    commands: [
      listed('exec', 'runs a command with the access', async () => (await import('./commands/exec.ts')).exec),
      listed(
        'env',
        'prints the credentials for a shell',
        async () => (await import('./commands/env.ts')).env,
      ),
      listed(
        'credentials',
        'prints the credentials for AWS tools',
        async () => (await import('./commands/credentials.ts')).credentials,
      ),
      listed('console', 'opens the AWS console', async () => (await import('./commands/console.ts')).console),
      listed(
        'configure',
        'adds profiles for AWS tools',
        async () => (await import('./commands/configure.ts')).configure,
      ),
    ],
  },
  {
    title: 'Decide',
    commands: [
      listed(
        'approve',
        'approves what a mail asks for',
        async () => (await import('./commands/approve.ts')).approve,
      ),
      listed('deny', 'denies a request', async () => (await import('./commands/deny.ts')).deny),
      listed(
        'review-break-glass',
        'says whether its use was justified',
        async () => (await import('./commands/reviewBreakGlass.ts')).reviewBreakGlass,
      ),
      listed('revoke', 'ends somebody’s access', async () => (await import('./commands/revoke.ts')).revoke),
      listed(
        'history',
        'past requests, or one of them',
        async () => (await import('./commands/history.ts')).history,
      ),
    ],
  },
  {
    title: 'Set up',
    commands: [
      listed('login', 'signs in', async () => (await import('./commands/login.ts')).login),
      listed('logout', 'forgets the sign-in', async () => (await import('./commands/logout.ts')).logout),
      listed(
        'doctor',
        'finds what is wrong on this machine',
        async () => (await import('./commands/doctor.ts')).doctor,
      ),
      listed(
        'completion',
        'prints a completion script for a shell',
        async () => (await import('./commands/completion.ts')).completion,
      ),
    ],
  },
  {
    title: 'For tools without a client of their own',
    commands: [
      listed('key', 'makes a key pair for a request', async () => (await import('./commands/key.ts')).key),
      listed('open', 'opens what the service sealed', async () => (await import('./commands/open.ts')).open),
    ],
  },
  {
    title: 'For platform teams and auditors',
    commands: [
      listed('lint', 'checks a catalogue', async () => (await import('./commands/lint.ts')).lint),
      listed(
        'review',
        'proves from CloudTrail log files what was granted, and finds what is wrong',
        async () => (await import('./commands/review.ts')).review,
      ),
    ],
  },
];

export const commands: readonly ListedCommand[] = commandGroups.flatMap((group) => group.commands);

/** The list of all commands, as wide as the terminal is. */
export function usage(stream: NodeJS.WriteStream): string {
  const columns = columnsOf(stream);
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const row = (label: string, meaning: string): string[] =>
    hanging(`  ${label.padEnd(width)}`, meaning, columns);
  return [
    'Just-in-time access to production AWS accounts.',
    '',
    `  ${styleText('bold', 'countersign <command> [options]', { stream })}`,
    ...commandGroups.flatMap((group) => [
      '',
      styleText('bold', group.title, { stream }),
      ...group.commands.flatMap(({ name, summary }) => row(name, summary)),
    ]),
    '',
    ...row('--help', 'this text; after a command, what that one takes'),
    ...row('--version', 'the version'),
    '',
  ].join('\n');
}

/** What to say to a name that is no command. */
export function unknownCommand(name: string): string {
  const meant = nearestName(
    name,
    commands.map((command) => command.name),
  );
  const next = meant ? `Did you mean "${meant}"?` : 'countersign --help lists them.';
  return `There is no command "${visibleLine(name)}". ${next}`;
}
