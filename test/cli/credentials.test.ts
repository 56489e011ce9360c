import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { eventually, type Service, startService, untilStatus } from '../support/service.ts';
import { aMachine, approve, type Machine } from './machine.ts';
import { type Front, sessionCalls, startFront } from './sessions/front.ts';

let service: Service;
let front: Front;
let machine: Machine;
beforeAll(async () => {
  service = await startService();
  front = await startFront(service);
});
afterAll(async () => {
  await front.stop();
  await service.stop();
});
beforeEach(async () => {
  machine = await aMachine(service, { url: front.url });
  front.calls = [];
  front.answers = () => false;
  onTestFinished(() => machine.remove());
});

const given = async (...words: string[]) => {
  const { code, stdout, stderr } = await machine.run(['credentials', ...words]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

const refused = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await machine.run(['credentials', ...words]);
  expect(code).toBe(4);
  expect(stdout).toBe('');
  return stderr;
};

const later = (time: string): string =>
  new Date(Date.parse(time) + 600_000).toISOString().replace('.000Z', 'Z');

/** Every file of a machine, by its name. */
async function filesOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const)),
  );
}

describe('what credential_process gets', () => {
  test('is exactly AWS’s JSON on stdout, and nothing on stderr', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    const { stdout, stderr } = await machine.run(['credentials', id]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z0-9]{16}$/),
      SecretAccessKey: expect.any(String),
      SessionToken: expect.any(String),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  test('ends with the grant where that is before the session’s own end', async () => {
    const id = await machine.grant('orders-read', '--for', '5m');
    const { body } = await service.as('alice').get(`/v1/requests/${id}`);
    expect((await given(id)).Expiration).toBe(body.endsAt);
  });

  test('is explained in one line to somebody at a terminal', async () => {
    await machine.grant('orders-read', '--for', '4h');
    const { stdout } = await machine.run(['credentials'], { terminal: 100 });
    expect(stdout.split('\r\n')[0]).toMatch(
      /^session ends (\S+ )?\d\d:\d\d, grant ends (\S+ )?\d\d:\d\d, renews by itself$/,
    );
  });

  test('is of which service is said there, where that is not the one of the last login', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    await given(id);
    const config = join(machine.home, '.config/countersign');
    await mkdir(config, { recursive: true, mode: 0o700 });
    const lineAfterLoginAt = async (url: string, ...words: string[]): Promise<string | undefined> => {
      await writeFile(join(config, 'config.json'), JSON.stringify({ url }), { mode: 0o600 });
      const options = { terminal: 100, environment: { COUNTERSIGN_URL: '' } };
      return (await machine.run(words, options)).stdout.split('\r\n')[0];
    };
    const elsewhere = 'http://127.0.0.1:9/';
    for (const words of [['credentials', 'orders-read'], ['env'], ['exec', 'orders-read', '--', 'true']]) {
      expect(await lineAfterLoginAt(elsewhere, ...words)).toContain(`grant of ${front.url}/: session ends`);
      expect(await lineAfterLoginAt(front.url, ...words)).toMatch(/^session ends/);
    }
    await rm(config, { recursive: true });
    const named = await machine.run(['env', id], {
      terminal: 100,
      environment: { COUNTERSIGN_URL: elsewhere },
    });
    expect(named.stdout).toContain(`grant of ${front.url}/: session ends`);
  });
});

describe('the cache', () => {
  // First: a lock is also judged by its file's age, which no clock of a test moves.
  test('is filled once by ten processes at the same time', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    const all = await Promise.all(Array.from({ length: 10 }, () => given(id)));
    expect(new Set(all.map(({ AccessKeyId }) => AccessKeyId)).size).toBe(1);
    expect(sessionCalls(front)).toBe(1);
  });

  test('answers while the session is fresh, without the service and without a sign-in', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    const first = await given(id);
    front.calls = [];
    const { stdout } = await machine.run(['credentials', id], { environment: { COUNTERSIGN_TOKEN: '' } });
    expect(JSON.parse(stdout)).toEqual(first);
    expect(front.calls).toEqual([]);
  });

  test('holds nothing that the file alone would open, and nobody else can read it', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    const { SecretAccessKey, SessionToken } = await given(id);
    const files = await filesOf(machine.home);
    expect([...files.keys()]).toContain(join(machine.cache, `${id}.json`));
    for (const [file, text] of files) {
      expect(text, file).not.toContain(SecretAccessKey);
      expect(text, file).not.toContain(SessionToken);
    }
    expect((await stat(join(machine.cache, `${id}.json`))).mode & 0o777).toBe(0o600);
  });

  test('that holds anything else is thrown away', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    const first = await given(id);
    const file = join(machine.cache, `${id}.json`);
    const text = await readFile(file, 'utf8');
    const damaged = {
      nothing: '',
      garbage: 'garbage',
      'half a file': text.slice(0, 200),
      'a damaged session': text.replace(/"jwe":".{40}/, '"jwe":"'),
      'a session that lasts longer than it says': text.replace(first.Expiration, later(first.Expiration)),
    };
    for (const [what, held] of Object.entries(damaged)) {
      await writeFile(file, held);
      expect(await given(id), what).toEqual(first);
      expect(JSON.parse(await readFile(file, 'utf8')).sessionExpiresAt, what).toBe(first.Expiration);
    }
  });

  test('is of no use without the request’s key', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    await given(id);
    const other = await aMachine(service);
    onTestFinished(() => other.remove());
    const { code, stderr } = await other.run(['credentials', id]);
    expect(code).toBe(2);
    expect(stderr).toContain('made on another machine');
  });
});

describe('renewal', () => {
  test('takes a four-hour grant through the one-hour limit', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    const keys = new Set([(await given(id)).AccessKeyId]);
    for (const sequence of [2, 3]) {
      await machine.advance('PT40M');
      await untilRenewed(id, sequence);
      keys.add((await given(id)).AccessKeyId);
    }
    expect(keys.size).toBe(3);
  });

  test('hands out the old session while it lasts, where the service cannot be asked', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    const first = await given(id);
    await machine.advance('PT11M');
    front.answers = (_, response) => {
      response.destroy();
      return true;
    };
    expect(await given(id)).toEqual(first);
    const asked = sessionCalls(front);
    expect(asked).toBeGreaterThan(1);
    // And it does not try again at once; nor does it wait for long where nothing answers at all.
    expect(await given(id)).toEqual(first);
    expect(sessionCalls(front)).toBe(asked);
  });

  test('waits for a session that is being issued, once the old one is over', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    const first = await given(id);
    await machine.advance('PT16M');
    await untilRenewed(id, 2);
    let left = 2;
    front.answers = (path, response) => {
      if (!path.endsWith('/credentials') || left-- === 0) return false;
      const body = {
        code: 'not_active',
        detail: 'The next session is being issued.',
        requestStatus: 'active',
      };
      response.writeHead(409, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
      return true;
    };
    expect((await given(id)).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test('goes by the service, not by a clock that is far behind', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    await machine.drift(-7_200_000);
    const first = await given(id);
    await service.advance('PT16M');
    await untilRenewed(id, 2);
    expect((await given(id)).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test('says so where this machine’s clock is so far ahead that AWS’s tools could use no session', async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    await machine.drift(1_800_000);
    const { code, stderr } = await machine.run(['credentials', id]);
    expect(code).toBe(2);
    expect(stderr).toContain('Set the clock');
  });

  /** The service has so many sessions made. */
  const untilRenewed = (id: string, sequence: number) =>
    eventually(`session ${sequence}`, async () => {
      const { body } = await service.as('alice').get(`/v1/requests/${id}/credentials`);
      return body.sequence >= sequence;
    });
});

describe('which request', () => {
  test('an entitlement stands for the newest live grant of it, whichever request that is', async () => {
    const older = await machine.grant('orders-read', '--for', '1h');
    const first = await given('orders-read');
    const newer = await machine.grant('orders-read', '--for', '2h');
    expect((await given(newer)).AccessKeyId).not.toBe(first.AccessKeyId);
    expect(await given('orders-read')).toEqual(await given(newer));
    await machine.run(['return', newer]);
    expect(await given('orders-read')).toEqual(await given(older));
  });

  test('a newer grant that was approved meanwhile is taken within a minute, and asked for no more often', async () => {
    await machine.grant('orders-read', '--for', '4h');
    const first = await given('orders-read');
    const newer = await machine.ask('orders-read', '--for', '2h');
    await machine.advance('PT1M');
    expect(await given('orders-read')).toEqual(first);
    await approve(service, newer);
    front.calls = [];
    expect(await given('orders-read')).toEqual(first);
    expect(front.calls).toEqual([]);
    await machine.advance('PT1M');
    const second = await given('orders-read');
    expect(second).not.toEqual(first);
    expect(second).toEqual(await given(newer));
  });

  test('an older grant is used on while the service does not say what became of a newer request', async () => {
    await machine.grant('orders-read', '--for', '4h');
    const first = await given('orders-read');
    await machine.ask('orders-read', '--for', '2h');
    await machine.advance('PT1M');
    front.answers = (_, response) => {
      response.destroy();
      return true;
    };
    expect(await given('orders-read')).toEqual(first);
    expect(front.calls.length).toBeGreaterThan(0);
  });

  test('two grants at once keep apart', async () => {
    await machine.grant('orders-read', '--for', '1h');
    await machine.grant('orders-item', '--for', '1h', '--set', 'order=1001');
    const [read, item] = [await given('orders-read'), await given('orders-item')];
    expect(read.AccessKeyId).not.toBe(item.AccessKeyId);
    expect(await given('orders-read')).toEqual(read);
    const { code, stderr } = await machine.run(['credentials']);
    expect(code).toBe(2);
    expect(stderr).toContain('Name one of these');
  });
});

describe.each([
  ['credentials', []],
  ['exec', ['--', 'true']],
])('countersign %s that names another service', (name, after) => {
  let other: Front;
  const asked = (word: string) =>
    machine.run([name, word, '--url', other.url, ...after], { environment: { COUNTERSIGN_URL: '' } });
  beforeEach(async () => {
    other = await startFront(service);
    onTestFinished(() => other.stop());
  });

  test('means no request of this one by an entitlement, says so, and asks neither', async () => {
    await machine.grant('orders-read', '--for', '1h');
    await given('orders-read');
    front.calls = [];
    const { code, stdout, stderr } = await asked('orders-read');
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toBe(
      'This machine has no open request for "orders-read". countersign status lists all of yours; to ask for access: countersign request orders-read --because "…"\n',
    );
    expect([front.calls, other.calls]).toEqual([[], []]);
  });

  test('hears from there that a grant of this one is over, and loses nothing by it', async () => {
    const id = await machine.grant('orders-read', '--for', '1h');
    other.answers = (_, response) => {
      const body = { code: 'grant_over', detail: 'It is over.', requestStatus: 'ended' };
      response.writeHead(410, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
      return true;
    };
    const { code, stdout, stderr } = await asked(id);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toBe('The grant is over. Ask again: countersign request orders-read --because "…"\n');
    expect((await given(id)).Version).toBe(1);
  });
});

describe('without access', () => {
  test('an undecided request says what to do, or is waited for', async () => {
    const id = await machine.ask('orders-read', '--for', '1h');
    expect(await refused(id)).toContain(`Request ${id} is not approved yet. Add --wait`);
    const waiting = machine.run(['credentials', id, '--wait']);
    await approve(service, id);
    const { code, stdout, stderr } = await waiting;
    expect(code).toBe(0);
    expect(stderr).toContain('bob@example.com approved');
    expect(JSON.parse(stdout).Version).toBe(1);
  });

  test('a grant that is over says since when, and its key and its session are erased', async () => {
    const id = await machine.grant('orders-read', '--for', '5m');
    const { SecretAccessKey } = await given(id);
    await machine.advance('PT6M');
    expect(await refused(id)).toMatch(
      /^The grant is over since (\S+ )?\d\d:\d\d\. Ask again: countersign request orders-read/,
    );
    const left = [...(await filesOf(machine.home)).keys()].filter((file) => file.includes(id));
    expect(left).toEqual([]);
    expect(SecretAccessKey).toBeDefined();
  });

  test('a revoked grant says so as soon as the service is asked again', async () => {
    const id = await machine.grant('orders-read', '--for', '1h');
    await given(id);
    await service.as('bob').post(`/v1/requests/${id}/revoke`, { reason: 'The laptop was lost' });
    await machine.advance('PT11M');
    await untilStatus(service, 'alice', id, 'revoked');
    expect(await refused(id)).toContain('is revoked');
    expect(await refused('orders-read')).toContain('no open request');
  });

  test('a request that is known to be over stays so, although its key and all else of it are erased', async () => {
    const id = await machine.grant('orders-read', '--for', '1h');
    await service.as('bob').post(`/v1/requests/${id}/revoke`, { reason: 'The laptop was lost' });
    await untilStatus(service, 'alice', id, 'revoked');
    await machine.run(['status', id]);
    const said = await refused(id);
    expect(said).toContain('The access was taken back before its time.');
    expect(said).toContain('Ask again: countersign request orders-read');
  });

  test('a request of another machine is not open here, whatever becomes of it', async () => {
    const other = await aMachine(service);
    const id = await other.ask('orders-read');
    await other.remove();
    const { code, stderr } = await machine.run(['credentials', id]);
    expect(code).toBe(2);
    expect(stderr).toContain('This machine has no key for request');
  });

  test('with --json the error is JSON', async () => {
    const id = await machine.ask('orders-read', '--for', '1h');
    expect(JSON.parse(await refused(id, '--json')).error).toMatchObject({ exitCode: 4 });
  });
});

test.skipIf(process.getuid?.() !== 0)('a home that nobody can write to does without the cache', async () => {
  const id = await machine.grant('orders-read', '--for', '1h');
  const entries = await readdir(machine.home, { recursive: true, withFileTypes: true });
  const nobody = 65_534;
  for (const entry of [...entries, undefined]) {
    const path = entry ? join(entry.parentPath, entry.name) : machine.home;
    await chown(path, nobody, nobody);
    if (!entry?.isFile()) await chmod(path, 0o500);
  }
  const run = await machine.run(['credentials', id], { uid: nobody });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(run.stdout).Version).toBe(1);
  await machine.advance('PT2H');
  const over = await machine.run(['credentials', 'orders-read'], { uid: nobody });
  expect(over).toMatchObject({ code: 4, stdout: '' });
  expect(over.stderr).toContain('The grant is over');
});
