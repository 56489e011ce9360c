import { expect, test } from 'vitest';
import { withoutDefaultAccess } from '../../../cli/awsConfig/withoutDefaultAccess.ts';

test('settings of a default profile that gives no credentials stay as they are', () => {
  const text = '[default]\nregion = eu-west-1\n[profile a]\naws_secret_access_key = s\n';
  expect(withoutDefaultAccess(text)).toBe(text);
});

test.each([
  'aws_access_key_id = AKIA',
  'AWS_ACCESS_KEY_ID=AKIA',
  'credential_process = x',
  'role_arn = x',
  'sso_session = corp',
  'login_session = x',
  'web_identity_token_file: x',
])('what gives the default profile credentials goes: %s', (line) => {
  expect(withoutDefaultAccess(`[default]\nregion = x\n${line}\n`)).toBe('[default]\nregion = x\n');
  expect(withoutDefaultAccess(`[profile default]\r\n${line}\r\n`)).toBe('[profile default]\r\n');
});

test('and keys of every other profile with it, but not their roles', () => {
  expect(
    withoutDefaultAccess(
      '[default]\nrole_arn = x\n[profile a]\naws_secret_access_key = s\naws_session_token = t\nrole_arn = y\n',
    ),
  ).toBe('[default]\n[profile a]\nrole_arn = y\n');
});
