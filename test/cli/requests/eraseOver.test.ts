import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eraseOver } from '../../../cli/requests/eraseOver.ts';
import { ownFolders } from '../ownFolders.ts';

const folder = ownFolders();

test('a key in a file that a killed command did not finish is erased, too', async () => {
  const secrets = join(folder(), 'secrets');
  mkdirSync(secrets, { recursive: true, mode: 0o700 });
  const draft = join(secrets, '.key.01KAQ3M8X0S7V5R2E9D4T6W1ZA.secret.0123');
  writeFileSync(draft, '{"d":"canary"}', { mode: 0o600 });
  await eraseOver(new Date());
  expect(readdirSync(secrets)).toHaveLength(1);
  utimesSync(draft, 1, 1);
  await eraseOver(new Date());
  expect(readdirSync(secrets)).toEqual([]);
});
