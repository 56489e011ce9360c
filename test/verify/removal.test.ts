import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen } from '#local/aws/httpFront.ts';

/** IAM as far as making and removing goes, and an STS that lets nobody in, so that every check waits. */
const standing = new Set<string>();
const server = createServer(async (request, response) => {
  const parameters = new URLSearchParams(await text(request));
  const { status, body } = isQuery(request)
    ? answer(parameters)
    : { status: 400, body: '{"__type":"ValidationException"}' };
  response.writeHead(status).end(body);
});

const isQuery = ({ headers }: IncomingMessage): boolean =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;

function answer(parameters: URLSearchParams): { status: number; body: string } {
  const action = parameters.get('Action') ?? '';
  const ok = (result = '') => ({
    status: 200,
    body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
  });
  if (action === 'GetCallerIdentity')
    return ok('<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/admin</Arn>');
  if (action === 'AssumeRole')
    return { status: 403, body: '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>' };
  const name =
    parameters.get('RoleName') ?? parameters.get('PolicyName') ?? parameters.get('PolicyArn') ?? '';
  if (/^Create(Role|Policy)$/.test(action)) standing.add(name);
  if (/^Delete(Role|Policy)$/.test(action)) standing.delete(name.replace(/^.*:policy\//, ''));
  return ok();
}

let url: string;
beforeAll(async () => {
  url = `http://127.0.0.1:${await listen(server, 0)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a run that is interrupted, and again while it cleans up, removes what it has made', async () => {
  const child = spawn(process.execPath, ['verify/main.ts', '--yes'], {
    env: {
      PATH: '/nowhere',
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
    },
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const output = text(child.stdout);
  const errors = text(child.stderr);
  // Every role but those that only come after a session.
  const deadline = Date.now() + 20_000;
  while (standing.size < 10 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  const made = [...standing];
  expect(made.length).toBeGreaterThanOrEqual(10);
  expect(made.every((name) => /^countersign-verify-[0-9a-z]{8}-[a-z-]+$/.test(name))).toBe(true);

  child.kill('SIGINT');
  child.kill('SIGTERM');
  child.kill('SIGINT');
  expect(await ended).toBe(2);
  expect([...standing]).toEqual([]);
  expect(await output).toContain('Interrupted.');
  expect(await errors).toContain('Cleaning up is under way');
  expect(await errors).not.toContain('Could not be removed');
});
