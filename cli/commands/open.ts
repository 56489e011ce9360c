import { text } from 'node:stream/consumers';
import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { openedAnswer } from '../sessions/answerOnStdin.ts';
import { chosenFormat, formatOption, formatted } from '../sessions/formats.ts';
import { keyIn } from '../sessions/keyFile.ts';

export const open = command({
  name: 'open',
  says: 'Opens what GET /v1/requests/ID/credentials answered, read from stdin, with the private key in a file, and prints the credentials. For scripts that call the API themselves.',
  words: [{ name: 'FILE', says: 'the private key that countersign key made' }],
  options: { format: formatOption },
  examples: [
    [
      'curl -s -H "Authorization: Bearer $TOKEN" $API/v1/requests/$ID/credentials | countersign open key.json',
      'prints lines for a shell',
    ],
    ['countersign open key.json --format process < answer.json', 'prints JSON'],
  ],
  async run({ values, words: [file = ''] }) {
    const key = await keyIn(file);
    const credentials = await openedAnswer(await text(process.stdin), key);
    process.stdout.write(formatted(credentials, chosenFormat(values)));
    return exitCodes.done;
  },
});
