import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { discoverIssuer } from '../../../cli/signIn/issuer.ts';
import { signInByDevice } from '../../../cli/signIn/signInByDevice.ts';
import { clockTime } from '../../../cli/terminal/times.ts';
import { listening } from '../listening.ts';

type Answer = { status: number; body: Record<string, unknown> } | 'broken';

const refusal = (error: string, description?: string): Answer => ({
  status: 400,
  body: { error, ...(description !== undefined && { error_description: description }) },
});
const tokens: Answer = { status: 200, body: { access_token: 'a', token_type: 'bearer', expires_in: 60 } };

let server: Server;
let base: string;
/** What the token endpoint answers, one after the other. */
let answers: Answer[];
let interval: number;
let page: string;
/** Seconds that the code is good. */
let life: number;
beforeEach(async () => {
  interval = 2;
  life = 100;
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  server = createServer((request, response) => {
    const send = ({ status, body }: Exclude<Answer, 'broken'>): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.url === '/device')
      return send({
        status: 200,
        body: {
          device_code: 'd',
          user_code: 'ABCD-EFGH',
          verification_uri: page,
          expires_in: life,
          interval,
        },
      });
    if (request.url !== '/token')
      return send({
        status: 200,
        body: {
          issuer: base,
          token_endpoint: `${base}/token`,
          device_authorization_endpoint: `${base}/device`,
        },
      });
    const answer = answers.shift() ?? 'broken';
    if (answer === 'broken') return request.socket.destroy();
    send(answer);
  });
  base = await listening(server);
  page = base;
});
afterEach(() => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

/** Signs in without waiting. Answers the pauses, in seconds, and how it ended. */
async function signedIn(...next: Answer[]) {
  answers = next;
  const pauses: number[] = [];
  const client = {
    issuer: base,
    clientId: 'c',
    scope: 'openid',
    parameters: {},
    bearer: 'access_token',
  } as const;
  const ended = await signInByDevice(await discoverIssuer(client), client, async (milliseconds) => {
    pauses.push(milliseconds / 1_000);
  }).then(
    ({ access_token: token }) => token,
    (error: Error) => error.message,
  );
  return { pauses, ended };
}

const pending = refusal('authorization_pending');

describe('With a device code, an issuer is asked', () => {
  it('as often as it wants', async () => {
    expect(await signedIn(pending, pending, tokens)).toEqual({ pauses: [2, 2, 2], ended: 'a' });
  });

  it('every minute where it wants less', async () => {
    interval = 1e12;
    expect(await signedIn(pending, tokens)).toEqual({ pauses: [60, 60], ended: 'a' });
  });

  it('five seconds less often from each time on that it finds it too often', async () => {
    const tooOften = refusal('slow_down');
    expect(await signedIn(pending, tooOften, pending, tooOften, tokens)).toEqual({
      pauses: [2, 2, 7, 7, 12],
      ended: 'a',
    });
  });

  it('again, later, where the connection broke', async () => {
    expect(await signedIn('broken', tokens)).toEqual({ pauses: [2, 7], ended: 'a' });
  });
});

describe('Signing in with a device code ends', () => {
  it.each([
    ['expired_token', 'Nobody typed the code in time. Begin again: countersign login'],
    ['access_denied', 'The sign-in was cancelled. Begin again: countersign login'],
  ])('at %s', async (error, sentence) => {
    expect(await signedIn(pending, refusal(error))).toEqual({ pauses: [2, 2], ended: sentence });
  });

  it('at what is the platform team’s to correct, with the issuer’s own words, made harmless', async () => {
    const { ended } = await signedIn(refusal('unauthorized_client', 'no\u001b[2J such grant'));
    expect(ended).toBe(
      `${base} refuses the sign-in: unauthorized_client: no[2J such grant. Begin again, or tell the service’s platform team.`,
    );
  });

  it('when the code is over, also where the issuer does not say so', async () => {
    const start = Date.now();
    const clock = vi.spyOn(Date, 'now');
    clock.mockImplementation(() => start + 1_000 * 60 * clock.mock.calls.length);
    const { ended } = await signedIn(pending, pending, pending, pending, pending);
    expect(ended).toBe('Nobody typed the code in time. Begin again: countersign login');
  });
});

it.each(['javascript:alert(1)', 'file:///etc/passwd', 'http://login.example.com/', 'nonsense'])(
  'Nobody is sent to %s',
  async (address) => {
    page = address;
    const { ended } = await signedIn(tokens);
    expect(ended).toContain(`answered what cannot be trusted: “${address}” is no safe address.`);
    expect(vi.mocked(process.stderr.write)).not.toHaveBeenCalled();
  },
);

describe('Somebody who signs in with a device code is shown', () => {
  const shown = (): string => vi.mocked(process.stderr.write).mock.calls.join('');

  it('an address and a code, until when it is good, and that it is waited for', async () => {
    const before = Date.now();
    await signedIn(tokens);
    const [open, type, wait] = shown().split('\n');
    expect(open).toContain(base);
    expect(type).toContain('ABCD-EFGH');
    const ends = [before, Date.now()].map((now) => clockTime(new Date(now + 100_000).toISOString()));
    expect(ends.map((end) => `The code is good until ${end}. Waiting for you to sign in there …`)).toContain(
      wait,
    );
  });

  it('a time, too, where the issuer says that the code is good for ever', async () => {
    life = 1e300;
    await signedIn(tokens);
    expect(shown()).toMatch(/good until [-\d]+ \d\d:\d\d\./);
  });
});
