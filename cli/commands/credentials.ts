import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { processText } from '../sessions/formats.ts';
import { renewingLine } from '../sessions/sessionLine.ts';
import { sessionOptions, sessionWord, wantedSession } from '../sessions/wantedSession.ts';
import { remark } from '../terminal/answer.ts';

export const credentials = command({
  name: 'credentials',
  says: 'Prints the credentials of a grant in JSON, as credential_process in ~/.aws/config wants them. They are fetched again by themselves before a session ends, until the grant is over; in between they come from a cache that only this machine’s key opens.',
  words: [sessionWord],
  options: sessionOptions,
  examples: [
    ['countersign credentials orders-read', 'of the newest live grant of an entitlement'],
    ['countersign credentials --wait', 'of the only open request, as soon as it is approved'],
  ],
  async run({ values, words: [word] }) {
    const session = await wantedSession(word, values);
    // AWS's tools call this very often. Who reads it on a terminal is told each time, who does not only what is new.
    if (process.stderr.isTTY && (process.stdout.isTTY || session.isNew))
      remark(await renewingLine(session, values));
    process.stdout.write(processText(session.credentials));
    return exitCodes.done;
  },
});
