import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleLimit } from '../../bench/bundleSize.ts';
import { type FunctionName, functionNames, functions } from '../../infra/functions.ts';
import { createDeployedHost } from '../support/deployedHost.ts';
import { deployedFunctions } from '../support/deployment.ts';
import type { DeployedFunction } from '../support/executionEnvironment.ts';
import { ordersTable } from '../support/ordersTable.ts';
import {
  anActiveGrant,
  anOrdersRequest,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { synthesizedApp } from '../support/synthesizedApp.ts';

/*
 * What `cdk synth` packages for each function runs here as Lambda runs it: in a process of its own, under the variables that
 * its template names, by the runtime API. Nothing of the functions is imported.
 */
let packages: string;
let deployed: Record<FunctionName, DeployedFunction>;
let service: Service;

beforeAll(async () => {
  packages = await mkdtemp(join(tmpdir(), 'countersign-packages-'));
  deployed = await deployedFunctions(await synthesizedApp(), packages);
  service = await startService({ createHost: (options) => createDeployedHost(deployed, options) });
}, 120_000);
afterAll(async () => {
  await service?.stop();
  await rm(packages, { recursive: true });
});

const invoke = (name: FunctionName, event: unknown) => service.server.host.invoke(name, event);

const denied = { name: 'AccessDeniedException' };

describe('The deployment packages', () => {
  test('hold the bundle, its source map, and what the function reads, nothing else', async () => {
    for (const name of functionNames) {
      const beside = name === 'web' ? ['web'] : [];
      const files = await readdir(deployed[name].taskRoot);
      const catalogue = files.includes('catalogue.json') ? ['catalogue.json'] : [];
      expect(files.sort(), name).toEqual([...catalogue, 'index.mjs', 'index.mjs.map', ...beside]);
    }
  });

  test('are small, because somebody waits while they load', async () => {
    for (const name of functionNames) {
      const { size } = await stat(join(deployed[name].taskRoot, 'index.mjs'));
      expect(size, name).toBeLessThanOrEqual(bundleLimit(name));
    }
  });

  test('run with the time and memory that each function has', () => {
    for (const name of functionNames) {
      const { timeoutSeconds, memoryMegabytes } = functions[name];
      expect(deployed[name], name).toMatchObject({ timeoutSeconds, memoryMegabytes });
    }
  });
});

describe('Through the deployed functions', () => {
  test('a request is mailed, approved, used within its bounds, and returned', async () => {
    const { id, credentials } = await anActiveGrant(service, { duration: 'PT5M' });
    const orders = ordersTable(service.server.awsUrl, credentials);
    expect(await orders.read()).toBe('1001');
    await expect(orders.remove()).rejects.toMatchObject(denied);

    const returned = await service.as('alice').post(`/v1/requests/${id}/return`);
    expect([returned.status, returned.body.status]).toEqual([200, 'ended']);
    await eventually('the session to be denied', () =>
      orders.read().then(
        () => false,
        (error: Error) => error.name === denied.name,
      ),
    );
    const closed = await eventually('the last link of the history', async () => {
      const { body } = await service.as('alice').get(`/v1/requests/${id}`);
      return body.history.at(-1).event === 'closed' && body;
    });
    expect(closed.history.map(({ event }: { event: string }) => event)).toEqual([
      'requested',
      'approved',
      'issued',
      'returned',
      'closed',
    ]);
    expect((await service.as('alice').get(`/v1/requests/${id}/credentials`)).status).toBe(410);
  });

  test('a request is denied, and its requester told why', async () => {
    const { id } = await anOrdersRequest(service);
    await service.tokenFor('bob', id);
    const comment = 'Use the report instead';
    await service.as('bob').post(`/v1/requests/${id}/decision`, { decision: 'deny', comment });
    await untilStatus(service, 'alice', id, 'denied');
    await eventually('the notice', async () =>
      (await service.inbox()).some(({ requestId, to, text }) => {
        return requestId === id && to.includes('alice@example.com') && text.includes(comment);
      }),
    );
  });

  test('a mail that bounced is told to the requester', async () => {
    const { id } = await anOrdersRequest(service);
    await service.tokenFor('bob', id);
    await invoke('mailFeedback', {
      'detail-type': 'Email Bounced',
      source: 'aws.ses',
      detail: {
        eventType: 'Bounce',
        mail: { destination: ['bob@example.com'], tags: { 'countersign-request': [id] } },
        bounce: { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress: 'bob@example.com' }] },
      },
    });
    const mails = (await service.inbox()).filter(({ requestId }) => requestId === id);
    expect(mails.at(-1)).toMatchObject({ to: ['alice@example.com'] });
  });

  test('the page, its scripts and the description of the API are served', async () => {
    const page = await service.call('GET', '/approve');
    const asset = /src="([^"]+\.js)"/.exec(page.body)?.[1] ?? '';
    expect((await service.call('GET', asset)).headers.get('content-type')).toMatch(/^text\/javascript/);
    expect((await service.call('GET', '/v1/openapi.json')).body.openapi).toMatch(/^3\.1/);
  });

  test('what got lost is looked for', async () => {
    expect(await invoke('reconcile', {})).toEqual({ moved: expect.any(Number) });
  });

  test('every assumed role that CloudTrail shows belongs to a request', async () => {
    const assumed = (await service.trail()).filter(({ eventName }) => eventName === 'AssumeRole');
    const messages = assumed.map((detail, index) => ({
      messageId: String(index),
      body: JSON.stringify({ source: 'aws.sts', 'detail-type': 'AWS API Call via CloudTrail', detail }),
    }));
    expect(messages.length).toBeGreaterThan(functionNames.length);
    expect(await invoke('reconcileTrail', { Records: messages })).toEqual({ batchItemFailures: [] });
  });

  test('every function ran, and none logged an error but the one about the mail', () => {
    const counts = service.server.host.counts();
    for (const name of functionNames) expect(counts[name]?.coldStarts, name).toBeGreaterThan(0);
    const lines = service.server.logs().map((line) => line.slice(line.indexOf(': ') + 2));
    const logged = lines.map((line): { level: string; event: string } => JSON.parse(line));
    const errors = logged.filter(({ level }) => level === 'error');
    expect(errors.map(({ event }) => event)).toEqual(['invitationFailed']);
  });
});
