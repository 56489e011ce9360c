import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { bearerOf } from '../../../cli/signIn/bearerToken.ts';
import { rememberUrl } from '../../../cli/signIn/chosenServiceUrl.ts';
import { keepSignIn } from '../../../cli/signIn/keptSignIn.ts';
import { aHome } from '../home.ts';
import { listening } from '../listening.ts';
import { ownFolders } from '../ownFolders.ts';

const mine = 'https://access.example.com/';
const other = 'https://other.example.com/';
const refusal = /^COUNTERSIGN_TOKEN is for another service, so it is not sent to this one\./;

ownFolders();
beforeEach(() => {
  vi.stubEnv('COUNTERSIGN_KEYCHAIN', 'off');
  vi.stubEnv('COUNTERSIGN_TOKEN', 'given');
  vi.stubEnv('COUNTERSIGN_URL', '');
});

const tokenFor = async (url: string, named?: string): Promise<string> => (await bearerOf(url, named)).token();

describe('COUNTERSIGN_TOKEN goes only to', () => {
  it('the service that COUNTERSIGN_URL names beside it, whatever else is named', async () => {
    vi.stubEnv('COUNTERSIGN_URL', mine);
    await rememberUrl(other);
    expect(await tokenFor(mine)).toBe('given');
    await expect(tokenFor(other)).rejects.toThrow(refusal);
    await expect(tokenFor(other, other)).rejects.toThrow(refusal);
  });

  it('else the one that the command line names', async () => {
    expect(await tokenFor(other, other)).toBe('given');
  });

  it('else the one of the last login', async () => {
    await rememberUrl(mine);
    expect(await tokenFor(mine)).toBe('given');
    await expect(tokenFor(other)).rejects.toThrow(refusal);
  });

  it('nobody where none of them is known', async () => {
    await expect(tokenFor(mine)).rejects.toThrow(refusal);
  });
});

it('A sign-in to another service is used there although there is a COUNTERSIGN_TOKEN', async () => {
  vi.stubEnv('COUNTERSIGN_URL', mine);
  await keepSignIn({
    url: other,
    issuer: 'https://login.example.com',
    clientId: 'c',
    parameters: {},
    bearer: 'access_token',
    name: 'alice@example.com',
    token: 'kept',
    expiresAt: '2999-01-01T00:00:00Z',
  });
  expect(await tokenFor(other)).toBe('kept');
});

it('A request that was made at another service does not take COUNTERSIGN_TOKEN there', async () => {
  const asked: (string | undefined)[] = [];
  const stranger = createServer(({ headers }, response) => {
    asked.push(headers.authorization);
    response.writeHead(404).end();
  });
  const url = `${await listening(stranger)}/`;
  const home = aHome();
  const id = '01M82ENPM98XVACRVDWHACPBK9';
  mkdirSync(join(home.state, 'requests'), { recursive: true, mode: 0o700 });
  const about = {
    id,
    url,
    entitlement: 'orders-admin',
    title: 'x',
    account: { id: '111122223333', title: 'a' },
  };
  const text = JSON.stringify({ ...about, createdAt: new Date().toISOString() });
  writeFileSync(join(home.state, 'requests', `${id}.json`), text, { mode: 0o600 });
  const environment = { COUNTERSIGN_URL: mine, COUNTERSIGN_TOKEN: 'given' };
  for (const words of [['cancel'], ['status', id], ['cancel', id], ['return', id], ['credentials', id]])
    expect((await home.run(words, { environment })).code).not.toBe(0);
  expect(asked).toEqual([]);
  home.remove();
  stranger.close();
});
