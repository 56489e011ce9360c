import { isatty } from 'node:tty';
import { command } from '../command.ts';
import { CommandError } from '../commandError.ts';
import { commandEnvironment, endpointVariables, keyVariables } from '../exec/commandEnvironment.ts';
import { commandSession } from '../exec/commandSession.ts';
import { startCredentialsEndpoint } from '../exec/credentialsEndpoint.ts';
import { lessDefaults } from '../exec/lessDefaults.ts';
import { runCommand } from '../exec/runCommand.ts';
import { credentialsOf } from '../sessions/credentialsOf.ts';
import { fixedLine, renewingLine } from '../sessions/sessionLine.ts';
import { sessionOptions, sessionWord, wantedSession } from '../sessions/wantedSession.ts';
import { remark } from '../terminal/answer.ts';

export const exec = command({
  name: 'exec',
  says: 'Runs a command with the access of a grant, or your shell where no command is named. Its AWS tools ask countersign for credentials, which are renewed by themselves until the grant is over. COUNTERSIGN_TOKEN is not passed on. Answers with the command’s own exit code.',
  words: [sessionWord],
  after: { name: 'COMMAND', says: 'a program, and what it takes', optional: true },
  options: {
    keys: {
      type: 'boolean',
      says: 'give it the keys themselves (AWS_ACCESS_KEY_ID …), for programs that know nothing else; they end with the session',
    },
    ...sessionOptions,
  },
  examples: [
    ['countersign exec -- aws s3 ls', 'with the only live grant'],
    ['countersign exec orders-read -- terraform plan', 'with the newest live grant of an entitlement'],
    ['countersign exec orders-read', 'a shell with the access, until exit'],
  ],
  async run({ values, words: [word], after }) {
    const [file = shell(), ...words] = after;
    if (file === '') throw new CommandError('The command has no name. Name a program, then its own words.');
    const session = await wantedSession(word, values);
    if (values.keys) {
      await tell(() => fixedLine(session, values, 'the command keeps the first ones'));
      const access = keyVariables(session.credentials);
      return runCommand(file, words, commandEnvironment(process.env, session.requestId, access));
    }
    await tell(() => renewingLine(session, values));
    const next = () => credentialsOf(session.requestId, { url: values.url });
    const defaults = await lessDefaults(process.env);
    const endpoint = await startCredentialsEndpoint(commandSession(session, next));
    try {
      const access = { ...endpointVariables(endpoint), ...defaults.variables };
      return await runCommand(file, words, commandEnvironment(process.env, session.requestId, access));
    } finally {
      endpoint.close();
      await defaults.remove();
    }
  },
});

/** To somebody at a terminal; `runCommand` says why no other stream is touched. */
async function tell(line: () => Promise<string>): Promise<void> {
  if (isatty(2)) remark(await line());
}

const shell = (): string =>
  process.platform === 'win32' ? process.env.COMSPEC || 'cmd.exe' : process.env.SHELL || '/bin/sh';
