import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { afterAll, expect, test, vi } from 'vitest';

const webRoot = mkdtempSync(join(tmpdir(), 'countersign-web-'));
writeFileSync(join(webRoot, 'approve.html'), '<!doctype html>');
const webClient = {
  issuer: 'https://accounts.example.com/tenant',
  clientId: 'countersign-web',
  scope: 'openid email',
  parameters: { audience: 'countersign' },
  bearer: 'id_token',
  origins: ['https://oauth2.example.net'],
  commandLine: {
    issuer: 'https://accounts.example.com/tenant',
    clientId: 'countersign-cli',
    scope: 'openid email offline_access',
    parameters: {},
    bearer: 'access_token',
  },
};
vi.stubEnv('COUNTERSIGN_WEB_ROOT', webRoot);
vi.stubEnv('COUNTERSIGN_WEB_CLIENT', JSON.stringify(webClient));
const { handler } = await import('#lambdas/api/web.ts');

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(webRoot, { recursive: true });
});

const answerTo = (event: Partial<APIGatewayProxyEvent>) => handler(event as APIGatewayProxyEvent);

test('a page talks to its own origin and to those where the issuer answers, and to no other', async () => {
  const { headers } = await answerTo({ resource: '/approve' });
  expect(String(headers?.['Content-Security-Policy'])).toContain(
    "connect-src 'self' https://accounts.example.com https://oauth2.example.net;",
  );
});

test('a page may run its own scripts only, and stand in no frame', async () => {
  const { headers } = await answerTo({ resource: '/approve' });
  const policy = String(headers?.['Content-Security-Policy']);
  for (const directive of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
    expect(policy).toContain(directive);
});

test('the page and the command are told how to sign people in', async () => {
  const { body } = await answerTo({ resource: '/assets/{proxy+}', pathParameters: { proxy: 'config.json' } });
  expect(JSON.parse(body)).toEqual(webClient);
});
