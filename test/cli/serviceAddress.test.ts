import { describe, expect, test } from 'vitest';
import { serviceAddress } from '../../cli/serviceAddress.ts';

describe('an address that was typed without its scheme', () => {
  test.each(['access.example.com', 'localhost.example.com', '128.0.0.1:8955'])('%s is https', (typed) =>
    expect(serviceAddress(typed)).toBe(`https://${typed}/`),
  );

  test.each(['localhost:8955', '127.0.0.1:8955', '[::1]:8955'])('%s is http: it is this machine', (typed) =>
    expect(serviceAddress(typed)).toBe(`http://${typed}/`),
  );
});

test('an address is taken with the scheme that it has', () => {
  expect(serviceAddress('https://localhost:8955')).toBe('https://localhost:8955/');
  expect(() => serviceAddress('http://access.example.com')).toThrow('in the clear');
});
