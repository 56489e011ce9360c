import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { log } from '#lambdas/runtime/log.ts';

let written: string[];
beforeEach(() => {
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const logged = () => JSON.parse(written.join(''));

describe('A log line', () => {
  test('is one line of JSON with its time, level and event first', () => {
    log('info', 'requested', { requestId: '01K', entitlement: 'orders-read' });
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(
      /^\{"timestamp":"[\d-]+T[\d:.]+Z","level":"info","event":"requested",[^\n]*\}\n$/,
    );
    expect(logged()).toMatchObject({ requestId: '01K', entitlement: 'orders-read' });
  });

  test("names an error and the place it was thrown, and never says its message, which may quote a caller's words", () => {
    log('error', 'unhandled', { error: new RangeError('the token was cs1.secret') });
    expect(written.join('')).not.toContain('secret');
    expect(logged().error).toEqual({
      name: 'RangeError',
      place: expect.stringMatching(/^at .*log\.test\.ts:\d+/),
    });
  });

  test('says of something thrown that is no error only what it is', () => {
    log('error', 'unhandled', { error: 'secret' });
    expect(logged().error).toEqual({ name: 'string' });
  });
});

describe('CloudWatch counts', () => {
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
  test.each(['warn', 'error'] as const)('an event of level %s once, by its name alone', (level) => {
    const before = Date.now();
    log(level, 'overdue', { requestId: '01K', step: 'issue' });
    const line = logged();
    const { Timestamp, CloudWatchMetrics } = line._aws;
    expect(Timestamp).toBeGreaterThanOrEqual(before);
    expect(Timestamp).toBe(Date.parse(line.timestamp));
    expect(CloudWatchMetrics).toEqual([
      {
        Namespace: 'Countersign',
        Dimensions: [['event']],
        Metrics: [{ Name: 'Occurrences', Unit: 'Count' }],
      },
    ]);
    expect(line).toMatchObject({ event: 'overdue', Occurrences: 1 });
  });

  test('nothing that went well', () => {
    log('info', 'issued', { requestId: '01K' });
    expect(logged()).not.toHaveProperty('_aws');
    expect(logged()).not.toHaveProperty('Occurrences');
  });
});
