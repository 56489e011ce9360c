import { isDefaultProfile, type Section, sectionsOf } from './sections.ts';

/** They stand in no copy of a file. */
const keys = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'aws_security_token'];

/**
 * What a default profile may say without giving credentials, now and after AWS has thought of more ways to give some:
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
const settings = new Set([
  'account_id_endpoint_mode',
  'api_versions',
  'auth_scheme_preference',
  'ca_bundle',
  'defaults_mode',
  'disable_request_compression',
  'endpoint_discovery_enabled',
  'endpoint_url',
  'ignore_configured_endpoint_urls',
  'max_attempts',
  'output',
  'parameter_validation',
  'region',
  'request_checksum_calculation',
  'request_min_compression_size_bytes',
  'response_checksum_validation',
  'retry_mode',
  's3',
  's3api',
  'sdk_ua_app_id',
  'services',
  'sigv4a_signing_region_set',
  'sts_regional_endpoints',
  'tcp_keepalive',
]);

const isSetting = (key: string): boolean => settings.has(key) || /^(cli|ec2_metadata|s3|use)_/.test(key);

/**
 * A config or credentials file whose default profile gives no credentials, and which holds no keys of others, for it is written to another
 * file. Undefined where the file itself gives none.
 *
 * AWS's tools do not agree on lines that begin with blanks: to some they are settings or sections of their own, to others they belong
 * to the line above. What is of the default profile to any of them counts, and what is written is read by all of them alike.
 */
export function withoutDefaultAccess(text: string): string | undefined {
  const unified = text.replace(/^\u00EF\u00BB\u00BF/, '').replace(/\r\n?/g, '\n');
  const sections = sectionsOf(unified);
  // To Python a section that begins with blanks may be part of the setting above it.
  const asPython = sectionsOf(unified.replace(/^[ \t]+\[/gm, '#'));
  if (![...sections, ...asPython].some(givesAccess)) return undefined;
  return sections.flatMap(cleaned).join('');
}

function givesAccess({ name, lines }: Section): boolean {
  if (!isDefaultProfile(name)) return false;
  return lines.flatMap(lineOf).some(({ key, indent }) => (indent > 0 ? isAccess(key) : !isSetting(key)));
}

/** Also where it seems to be nested: no setting of these names is. */
const isAccess = (key: string): boolean =>
  isKey(key) || /^(aws|credential|login|role|source|sso|web_identity)_/.test(key);

const isKey = (key: string): boolean => keys.some((each) => key.endsWith(each));

interface Line {
  key: string;
  /** From the `=` on. */
  rest: string;
  indent: number;
}

/** Nothing for comments, and for what is no setting at all. */
function lineOf(line: string): Line[] {
  const [, blanks = '', key, rest = ''] = /^(\s*)([^\s#;[=:][^=:]*?)\s*([=:].*)/.exec(line) ?? [];
  return key === undefined ? [] : [{ key: key.toLowerCase(), rest, indent: blanks.length }];
}

/** Settings at the beginning of their lines, and those that are nested below them a little further in. */
function cleaned({ name, lines }: Section): string[] {
  const isDefault = isDefaultProfile(name);
  const written = name === '' ? [] : [`[${name}]\n`];
  let above = { indent: Infinity, isKept: false };
  for (const { key, rest, indent } of lines.flatMap(lineOf)) {
    const isNested = indent > above.indent;
    if (!isNested) above = { indent, isKept: !isDefault || isSetting(key) };
    if (above.isKept && !(isDefault ? isAccess(key) : isKey(key)))
      written.push(`${isNested ? '  ' : ''}${key} ${rest}\n`);
  }
  return written;
}
