import { expect, test } from 'vitest';
import { withoutDefaultAccess } from '../../../cli/awsConfig/withoutDefaultAccess.ts';

test('settings of a default profile that gives no credentials stay as they are', () => {
  const text = '[default]\nregion = eu-west-1\n[profile a]\naws_secret_access_key = s\n';
  expect(withoutDefaultAccess(text)).toBeUndefined();
  const nested = '[default]\ncli_pager =\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n';
  expect(withoutDefaultAccess(nested)).toBeUndefined();
});

test.each([
  'aws_access_key_id = AKIA',
  'AWS_ACCESS_KEY_ID=AKIA',
  'credential_process = x',
  'role_arn = x',
  'sso_session = corp',
  'login_session = x',
  'web_identity_token_file: x',
  '  aws_access_key_id = AKIA',
  '\tcredential_process = x',
  'a_new_way_to_credentials = x',
])('what gives the default profile credentials goes: %s', (line) => {
  expect(withoutDefaultAccess(`[default]\nregion = x\n${line}\n`)).toBe('[default]\nregion = x\n');
  expect(withoutDefaultAccess(`[profile default]\r\n${line}\r\n`)).toBe('[profile default]\n');
});

test('and keys of every other profile with it, but not their roles', () => {
  expect(
    withoutDefaultAccess(
      '[default]\nrole_arn = x\n[profile a]\naws_secret_access_key = s\naws_session_token = t\nrole_arn = y\n',
    ),
  ).toBe('[default]\n[profile a]\nrole_arn = y\n');
});

test.each([
  [
    'a section that begins with blanks is none to Python',
    '[default]\nregion = x\n  [a]\ncredential_process = x\n',
  ],
  ['or is one to others', 'region = x\n  [default]\n  aws_access_key_id = AKIA\n'],
  ['line ends of old Macs', '[default]\raws_access_key_id = AKIA\raws_secret_access_key = s\r'],
  ['a byte order mark', '\u00EF\u00BB\u00BF[default]\naws_access_key_id = AKIA\n'],
  ['quotes that a shell would take away', '[profile "def"ault]\naws_access_key_id = AKIA\n'],
  ['below a setting that is kept', '[default]\ns3 =\n  aws_access_key_id = AKIA\n'],
])('no way to write it down brings the default profile to credentials: %s', (_, text) => {
  const cleaned = withoutDefaultAccess(text) ?? text;
  expect(cleaned).not.toContain('AKIA');
  expect(cleaned).not.toMatch(/\[(profile )?default\][^[]*credential_process/);
  expect(cleaned).not.toMatch(/^\s+\[|\r/m);
});

test('an indented key of another profile is not copied either', () => {
  const text =
    '[default]\nrole_arn = x\n[a]\n  aws_access_key_id = AKIA\n  aws_secret_access_key = s\n  region = x\n';
  expect(withoutDefaultAccess(text)).toBe('[default]\n[a]\nregion = x\n');
});

test('settings stay as they are nested', () => {
  const text =
    '[default]\n  region = x\n  s3 =\n    use_accelerate_endpoint = true\n  output = json\n  role_arn = x\n';
  expect(withoutDefaultAccess(text)).toBe(
    '[default]\nregion = x\ns3 =\n  use_accelerate_endpoint = true\noutput = json\n',
  );
});
