import { request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { type Listener, listenForAnswer } from '../../../cli/signIn/loopbackListener.ts';

const state = 'the-state';
let listener: Listener | undefined;
afterEach(() => listener?.close());

async function listening(limit?: number): Promise<Listener> {
  listener = await listenForAnswer(state, limit);
  return listener;
}

/** The status of an answer to a request that says of itself whom it is for. */
const statusOf = (url: string, { host, method = 'GET' }: { host?: string; method?: string } = {}) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: host === undefined ? {} : { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });

it('listens on the loopback address only, on a port of its own', async () => {
  const [one, two] = [await listenForAnswer(state), await listenForAnswer(state)];
  expect(one.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  expect(two.redirectUri).not.toBe(one.redirectUri);
  one.close();
  two.close();
});

it('hands over the answer to its own question, once, and nothing else', async () => {
  const { redirectUri, answered } = await listening();
  const answers: string[] = [];
  const done = answered((answer) => Promise.resolve(answers.push(answer.search)));
  const ours = `${redirectUri}?code=1&state=${state}`;
  expect(await statusOf(`${redirectUri}?code=2&state=other`)).toBe(404);
  expect(await statusOf(`${redirectUri}?code=3`)).toBe(404);
  expect(await statusOf(ours.replace('/callback', '/other'))).toBe(404);
  expect(await statusOf(ours, { method: 'POST' })).toBe(404);
  expect(await statusOf(ours, { host: 'evil.example.com' })).toBe(404);
  expect(await Promise.all([statusOf(ours), statusOf(ours)])).toEqual(expect.arrayContaining([200, 404]));
  await done;
  expect(answers).toEqual([`?code=1&state=${state}`]);
});

it('says on the page that it failed, and nothing of why', async () => {
  const { redirectUri, answered } = await listening();
  const done = answered(() => Promise.reject(new Error('a secret reason')));
  const [outcome, page] = await Promise.allSettled([
    done,
    fetch(`${redirectUri}?state=${state}&error=x&error_description=<script>`).then((answer) => answer.text()),
  ]);
  expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'a secret reason' } });
  expect(page).toMatchObject({ value: expect.stringContaining('You are not signed in') });
  expect(JSON.stringify(page)).not.toMatch(/secret reason|<script>/);
});

it('goes on also where the page was closed meanwhile', async () => {
  const { redirectUri, answered } = await listening();
  const closed = new AbortController();
  const done = answered(async () => {
    closed.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 'signed in';
  });
  const page = fetch(`${redirectUri}?state=${state}`, { signal: closed.signal });
  await expect(page).rejects.toThrow('aborted');
  expect(await done).toBe('signed in');
});

it('waits for a while, not for ever', async () => {
  const { answered } = await listening(20);
  await expect(answered(() => Promise.resolve())).rejects.toThrow(
    'Nobody signed in for five minutes. Begin again: countersign login.',
  );
});
