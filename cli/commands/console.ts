import { command } from '../command.ts';
import { consoleUrl } from '../console/consoleUrl.ts';
import { openOnce } from '../console/openOnce.ts';
import { exitCodes } from '../exitCodes.ts';
import { hasBrowser } from '../openBrowser.ts';
import { fixedLine } from '../sessions/sessionLine.ts';
import { sessionOptions, sessionWord, wantedSession } from '../sessions/wantedSession.ts';
import { answer, remark } from '../terminal/answer.ts';

export const console = command({
  name: 'console',
  says: 'Opens the AWS console with the access of a grant. The console’s session ends with the one it was made from, at the grant’s end at the latest.',
  words: [sessionWord],
  options: {
    service: {
      type: 'string',
      value: 'SERVICE',
      says: 'the part of the console: dynamodb, s3 … (its start page)',
    },
    print: {
      type: 'boolean',
      says: 'print the link instead of opening it: whoever has it is signed in, for 15 minutes',
    },
    ...sessionOptions,
  },
  examples: [
    ['countersign console', 'of the only live grant'],
    ['countersign console orders-read --service dynamodb', 'where the orders are'],
  ],
  async run({ values, words: [word] }) {
    const session = await wantedSession(word, values);
    const url = await consoleUrl(session.credentials, { service: values.service });
    const isOpened = !values.print && !values.json && hasBrowser() && (await openOnce(url));
    const { sessionExpiresAt, grantEndsAt } = session;
    if (!isOpened) answer({ url, sessionExpiresAt, grantEndsAt }, () => [url], values);
    remark(
      ...(isOpened ? ['The console is open in your browser.'] : []),
      await fixedLine(session, values, 'run this again by then'),
    );
    return exitCodes.done;
  },
});
