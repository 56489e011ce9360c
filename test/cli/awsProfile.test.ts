import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { type Service, startService, untilStatus } from '../support/service.ts';
import { aMachine, type Machine } from './machine.ts';

const timeout = 120_000;

describe.skipIf(lacks('aws'))('a profile of countersign configure, with the AWS CLI', () => {
  let service: Service;
  let machine: Machine;
  beforeAll(async () => {
    service = await startService();
    machine = await aMachine(service);
    await machine.run(['configure', '--yes']);
  });
  afterAll(async () => {
    await machine.remove();
    await service.stop();
  });

  /** What the AWS CLI says: its answer, or why there is none. */
  const aws = async (profile: string, ...words: string[]): Promise<string> => {
    const all = [...words, '--profile', profile, '--endpoint-url', service.server.awsUrl];
    const environment = { ...(await machine.environment()), AWS_REGION: 'us-east-1', AWS_MAX_ATTEMPTS: '1' };
    return promisify(execFile)('/usr/bin/aws', all, { env: { ...process.env, ...environment } }).then(
      ({ stdout }) => stdout,
      (error: { stderr: string }) => error.stderr,
    );
  };
  const order = ['dynamodb', 'get-item', '--table-name', 'orders', '--key', '{"id":{"S":"1001"}}'];
  const read = (): Promise<string> => aws('jit-orders-read', ...order);

  test('says what to do while there is no access', async () => {
    expect(await read()).toContain('countersign request orders-read --because');
  });

  test('works for a request, through renewals, until it is revoked, and for the next one', {
    timeout,
  }, async () => {
    const id = await machine.grant('orders-read', '--for', '4h');
    expect(await read()).toContain('Harbour Books');
    await machine.advance('PT65M');
    expect(await read()).toContain('Harbour Books');
    await service.as('bob').post(`/v1/requests/${id}/revoke`, { reason: 'The laptop was lost' });
    await untilStatus(service, 'alice', id, 'revoked');
    expect(await read()).toContain('AccessDenied');
    await machine.advance('PT11M');
    expect(await read()).toContain('is revoked');
    await machine.grant('orders-read', '--for', '5m');
    expect(await read()).toContain('Harbour Books');
    await machine.advance('PT5M');
    expect(await read()).toContain('The grant is over since');
  });

  test('keeps two grants apart', { timeout }, async () => {
    await machine.grant('orders-read', '--for', '1h');
    await machine.grant('orders-item', '--for', '1h', '--set', 'order=1002');
    expect(await read()).toContain('Harbour Books');
    expect(await aws('jit-orders-item', ...order)).toContain('AccessDenied');
    const other = order.map((word) => word.replace('1001', '1002'));
    expect(await aws('jit-orders-item', ...other)).toContain('M. Okafor');
  });

  test('works for many runs at once', { timeout }, async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, read));
    for (const said of runs) expect(said).toContain('Harbour Books');
  });
});
