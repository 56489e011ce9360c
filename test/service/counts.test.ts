import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countLifecycle, type LifecycleCounts } from '../../bench/countedLifecycle.ts';
import { type Service, startService } from '../support/service.ts';

describe('one request, one approver, one session', () => {
  let service: Service;
  let counts: LifecycleCounts;
  beforeAll(async () => {
    service = await startService();
    counts = await countLifecycle(service);
  }, 60_000);
  afterAll(() => service.stop());

  test('take at most twelve AWS calls from the approve click to readable credentials', () => {
    expect(counts.approvePath.length, counts.approvePath.join('\n')).toBeLessThanOrEqual(12);
  });

  test('verify request seal, approval token and decision seal, and are on record, before the session is written', () => {
    expect(counts.approvePath.filter((call) => call === 'issue-session kms:VerifyMac')).toHaveLength(3);
    expect(counts.approvePath.filter((call) => call === 'issue-session sts:AssumeRole')).toHaveLength(2);
    expect(counts.approvePath.at(-1)).toBe('issue-session dynamodb:UpdateItem');
  });

  test('enter at most ten states from the request to its end', () => {
    expect(counts.stateEntries.length, counts.stateEntries.join(' → ')).toBeLessThanOrEqual(10);
    expect(counts.stateEntries.at(-1)).toBe('EndGrant');
  });

  test('run at most five functions from the request to the claimed credentials', () => {
    const total = Object.values(counts.lambdaRuns).reduce((sum, runs) => sum + runs, 0);
    expect(total, JSON.stringify(counts.lambdaRuns)).toBeLessThanOrEqual(5);
  });
});
