import { describe, expect, test } from 'vitest';
import { formatted, processText } from '../../../cli/sessions/formats.ts';

const credentials = {
  Version: 1,
  AccessKeyId: 'ASIAEXAMPLE',
  SecretAccessKey: 'secret/+=',
  SessionToken: 'token//==',
  Expiration: '2026-11-22T16:00:00Z',
} as const;

test('credential_process gets the time as the service wrote it', () => {
  expect(JSON.parse(processText(credentials))).toEqual(credentials);
});

test('fish takes lines of its own', () => {
  expect(formatted(credentials, 'fish')).toBe(
    [
      'set -gx AWS_ACCESS_KEY_ID "ASIAEXAMPLE"',
      'set -gx AWS_SECRET_ACCESS_KEY "secret/+="',
      'set -gx AWS_SESSION_TOKEN "token//=="',
      'set -gx AWS_CREDENTIAL_EXPIRATION "2026-11-22T16:00:00+00:00"',
      '',
    ].join('\n'),
  );
});

describe('what a shell would run is never printed', () => {
  test.each(['a;b', '$(id)', '`id`', 'a b', 'a"b', 'a\nb', ''])('%j', (SecretAccessKey) => {
    const formats = ['env', 'env-no-export', 'powershell', 'windows-cmd', 'fish'] as const;
    for (const format of formats)
      expect(() => formatted({ ...credentials, SecretAccessKey }, format)).toThrow('no shell');
  });
});
