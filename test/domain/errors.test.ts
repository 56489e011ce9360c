import { describe, expect, it } from 'vitest';
import { errorStatus, isRefusal, orThrow, RefusalError, refuse } from '#domain/errors.ts';

describe('a refusal', () => {
  it('is a value until somebody throws it', () => {
    const refusal = refuse('own_request', 'Nobody decides on their own request.');
    expect(isRefusal(refusal)).toBe(true);
    expect(isRefusal({ event: 'approved' })).toBe(false);
    expect(() => orThrow(refusal)).toThrow(RefusalError);
    expect(() => orThrow(refusal)).toThrow('Nobody decides on their own request.');
  });

  it('lets every other value through unchanged', () => {
    const value = { event: 'approved' };
    expect(orThrow(value)).toBe(value);
  });

  it('has a status that says whose fault it is: the caller’s, except where evidence fails', () => {
    for (const [code, status] of Object.entries(errorStatus))
      expect(code === 'no_evidence' ? status === 503 : status >= 400 && status < 500, code).toBe(true);
  });
});
