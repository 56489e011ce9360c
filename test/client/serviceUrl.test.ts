import { describe, expect, test } from 'vitest';
import { serviceUrl } from '#client/serviceUrl.ts';

describe('The address of a service', () => {
  test.each([
    ['https://access.example.com', 'https://access.example.com/'],
    ['https://access.example.com/', 'https://access.example.com/'],
    ['https://example.com/tools/access', 'https://example.com/tools/access/'],
    [
      'https://abc.execute-api.us-east-1.amazonaws.com/prod/',
      'https://abc.execute-api.us-east-1.amazonaws.com/prod/',
    ],
    [' http://127.0.0.1:8787 ', 'http://127.0.0.1:8787/'],
    ['http://localhost:8787', 'http://localhost:8787/'],
    ['http://[::1]:8787', 'http://[::1]:8787/'],
    ['http://127.1:8787', 'http://127.0.0.1:8787/'],
  ])('%s is one', (text, url) => {
    expect(serviceUrl(text).href).toBe(url);
  });

  test.each([
    'http://access.example.com/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://10.0.0.1/',
    'HTTP://169.254.169.254/',
  ])('%s would carry tokens in the clear', (text) => {
    expect(() => serviceUrl(text)).toThrow(/would carry tokens in the clear: use https/);
  });

  test.each([
    '',
    'access.example.com',
    'ftp://access.example.com/',
    'javascript:alert(1)',
    'file:///etc/passwd',
  ])('“%s” is none', (text) => {
    expect(() => serviceUrl(text)).toThrow(/is not the address of a service/);
  });

  test.each([
    'https://alice:secret@access.example.com/',
    'https://access.example.com/?token=secret',
    'https://access.example.com/approve#01K.cs1.secret',
  ])('%s says too much, which is not repeated', (text) => {
    expect(() => serviceUrl(text)).toThrow(/leave them out/);
    expect(() => serviceUrl(text)).not.toThrow(/secret/);
  });
});
