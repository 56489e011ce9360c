import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { madeKey } from '../sessions/keyFile.ts';

export const key = command({
  name: 'key',
  says: 'Makes a key pair for a request and keeps the private key in a file that only you can open, or takes the one that is there. Prints the public key: the recipientKey of POST /v1/requests. For scripts that call the API themselves; countersign request does this by itself.',
  words: [{ name: 'FILE', says: 'where the private key is kept' }],
  options: {},
  examples: [['countersign key key.json', 'prints {"kty":"EC","crv":"P-256","x":…,"y":…}']],
  async run({ words: [file = ''] }) {
    process.stdout.write(`${JSON.stringify(await madeKey(file))}\n`);
    return exitCodes.done;
  },
});
