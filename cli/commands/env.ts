import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { chosenFormat, formatOption, formatted } from '../sessions/formats.ts';
import { fixedLine } from '../sessions/sessionLine.ts';
import { sessionOptions, sessionWord, wantedSession } from '../sessions/wantedSession.ts';
import { remark } from '../terminal/answer.ts';

export const env = command({
  name: 'env',
  says: 'Prints the credentials of a grant as lines for a shell. They end with the session and are not renewed: countersign exec and the profiles of countersign configure renew them by themselves.',
  words: [sessionWord],
  options: { format: formatOption, ...sessionOptions },
  examples: [
    ['eval "$(countersign env)"', 'takes them into bash, zsh or another POSIX shell'],
    ['countersign env orders-read --format fish | source', 'into fish'],
    ['countersign env --format powershell | Invoke-Expression', 'into PowerShell'],
  ],
  async run({ values, words: [word] }) {
    const session = await wantedSession(word, values);
    if (process.stderr.isTTY) remark(await fixedLine(session, values, 'run this again by then'));
    process.stdout.write(formatted(session.credentials, chosenFormat(values)));
    return exitCodes.done;
  },
});
