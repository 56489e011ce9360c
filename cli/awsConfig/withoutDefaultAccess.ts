import { sectionsOf, settingOf, textOf } from './sections.ts';

const keys = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'aws_security_token'];

/** Each of them makes AWS's tools take the credentials from the profile. */
const access = [
  ...keys,
  'credential_process',
  'credential_source',
  'login_session',
  'role_arn',
  'source_profile',
  'sso_account_id',
  'sso_role_name',
  'sso_session',
  'sso_start_url',
  'web_identity_token_file',
];

/**
 * A config or credentials file whose default profile gives no credentials; where it gave some, all keys of other profiles are left out
 * too, for this is written to another file. The same text where there is nothing to leave out.
 */
export function withoutDefaultAccess(text: string): string {
  const sections = sectionsOf(text);
  const gives = sections.some(
    ({ name, lines }) => isDefault(name) && lines.some((line) => has(access, line)),
  );
  if (!gives) return text;
  const cleaned = sections.map(({ name, lines }) => {
    const unwanted = isDefault(name) ? access : keys;
    return { name, lines: lines.filter((line) => !has(unwanted, line)) };
  });
  return textOf(cleaned);
}

const isDefault = (name: string): boolean => name === 'default' || name === 'profile default';

const has = (unwanted: readonly string[], line: string): boolean =>
  unwanted.includes(settingOf(line)?.key ?? '');
