import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { ownProfiles, withoutProfile, withProfile } from '../../../cli/awsConfig/profile.ts';

const process = '/usr/local/bin/countersign credentials orders-read';
const profile = { entitlement: 'orders-read', process };
const section = `[profile jit-orders-read]\ncredential_process = ${process}\n`;

describe('a profile is added', () => {
  test.each([
    ['to no file', '', section],
    ['below what is there', '[default]\nregion = eu-west-1\n', `[default]\nregion = eu-west-1\n\n${section}`],
    ['below an empty line that is there', '[default]\n\n', `[default]\n\n${section}`],
    ['below a last line without an end', '[default]', `[default]\n\n${section.trimEnd()}`],
    [
      'with the line ends of the file',
      '[default]\r\nregion=x\r\n',
      `[default]\r\nregion=x\r\n\r\n${section.replaceAll('\n', '\r\n')}`,
    ],
    ['below nothing but a comment', '# mine\n', `# mine\n\n${section}`],
  ])('%s', (_, before, after) => expect(withProfile(before, profile)).toBe(after));

  test('with a region where one is given', () => {
    expect(withProfile('', { ...profile, region: 'eu-west-1' })).toBe(`${section}region = eu-west-1\n`);
  });
});

describe('its own profile is changed in place', () => {
  const old = '[profile jit-orders-read]\ncredential_process = /old/countersign credentials orders-read\n';

  test.each([
    ['the command', `# a\n${old}# b\n[x]\n`, `# a\n${section}# b\n[x]\n`],
    ['without an end of the last line', old.trimEnd(), section.trimEnd()],
    ['and what somebody added there stays', `${old}output = json\n`, `${section}output = json\n`],
    [
      'however the header is written',
      old.replace('[profile jit', '[ profile  "jit').replace(']', '" ]'),
      section.replace('[profile jit', '[ profile  "jit').replace(']', '" ]'),
    ],
    ['and nothing where it is right already', section, section],
  ])('%s', (_, before, after) => expect(withProfile(before, profile)).toBe(after));

  test('and a region is written below, or replaced', () => {
    const once = withProfile(`${section}\n[x]\n`, { ...profile, region: 'eu-west-1' });
    expect(once).toBe(`${section}region = eu-west-1\n\n[x]\n`);
    expect(withProfile(once, { ...profile, region: 'us-east-1' })).toBe(
      `${section}region = us-east-1\n\n[x]\n`,
    );
  });
});

describe('a profile of somebody else is left alone', () => {
  test.each([
    ['one with a role', '[profile jit-orders-read]\nrole_arn = arn:aws:iam::1:role/x\n', 'did not write'],
    [
      'one for another entitlement',
      section.replace('credentials orders-read', 'credentials orders-admin'),
      'did not write',
    ],
    ['one that is there twice', section + section, 'There are 2 profiles'],
  ])('%s', (_, text, complaint) => {
    expect(() => withProfile(text, profile)).toThrow(complaint);
    expect(() => withoutProfile(text, 'orders-read')).toThrow(complaint);
  });
});

describe('a removed profile', () => {
  test.each([
    ['leaves no file as long as an empty one', section, ''],
    ['takes the empty line above it along', `[a]\n\n${section}`, '[a]\n'],
    ['takes one of those around it along', `[a]\r\n\r\n${section}\r\n[x]\n`, '[a]\r\n\r\n[x]\n'],
    ['leaves the one that is needed between others', `[a]\n\n${section}[x]\n`, '[a]\n\n[x]\n'],
    ['leaves comments above the next one', `${section}\n# next\n[x]\n`, '# next\n[x]\n'],
    ['that is not there changes nothing', '[x]\n\n', '[x]\n\n'],
  ])('%s', (_, before, after) => expect(withoutProfile(before, 'orders-read')).toBe(after));

  test('was the first of several, or the last, or all of them', () => {
    const both = withProfile(withProfile('', profile), {
      entitlement: 'x',
      process: '/bin/countersign credentials x',
    });
    const other = withoutProfile(both, 'orders-read');
    expect(other).toBe(withProfile('', { entitlement: 'x', process: '/bin/countersign credentials x' }));
    expect(withoutProfile(both, 'x')).toBe(section);
    expect(withoutProfile(other, 'x')).toBe('');
  });
});

test('lists its own profiles', () => {
  expect(ownProfiles(`[default]\n${section}region = eu-west-1\n[profile jit-x]\nregion = y\n`)).toEqual([
    { ...profile, region: 'eu-west-1' },
  ]);
});

const line = fc.oneof(
  fc.constantFrom(
    '[default]',
    '[profile other]',
    '[sso-session corp]',
    '# comment',
    '; comment',
    '',
    '  ',
    ']',
    '[',
  ),
  fc.constantFrom('region = eu-west-1', 's3 =', '  max_concurrent_requests = 20', 'role_arn=a:b', '=', 'key'),
  fc
    .string({ unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)) })
    .map((text) => text.replaceAll('\n', '')),
);
const file = fc
  .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, end, isEnded]) => lines.join(end) + (isEnded ? end : ''))
  .filter((text) => !/jit-/.test(text));

describe('all else stays as it is, to the byte, whatever the file holds', () => {
  property.prop([file])('when a profile is added', (text) => {
    const added = withProfile(text, profile);
    expect(added.startsWith(text)).toBe(true);
    const isEnded = text === '' || text.endsWith('\n');
    expect(added.slice(text.length).replaceAll('\r', '').trimStart()).toBe(
      isEnded ? section : section.trimEnd(),
    );
  });

  property.prop([file, file])('when it is changed between others', (before, after) => {
    const around = (own: string): string => `${before}\n${own}[next]\n${after}`;
    const old = section.replace('/usr/local/bin', '/old');
    expect(withProfile(around(old), profile)).toBe(around(section));
  });

  property.prop([file])('when it is removed again', (text) => {
    const removed = withoutProfile(withProfile(text, profile), 'orders-read');
    // Of an empty line at the end nobody knows whose it is.
    const own = text.replace(/(^|\n)\r?\n$/, '$1');
    expect([text, own]).toContain(removed);
  });

  property.prop([file])('when it is removed again, after it got a region and company', (text) => {
    const other = { entitlement: 'x', process: '/bin/countersign credentials x' };
    const both = withProfile(withProfile(withProfile(text, profile), other), {
      ...profile,
      region: 'eu-west-1',
    });
    const own = text.replace(/(^|\n)\r?\n$/, '$1');
    expect([text, own]).toContain(withoutProfile(withoutProfile(both, 'orders-read'), 'x'));
    expect([text, own]).toContain(withoutProfile(withoutProfile(both, 'x'), 'orders-read'));
  });

  property.prop([file])('when it is written a second time', (text) => {
    const once = withProfile(text, profile);
    expect(withProfile(once, profile)).toBe(once);
  });
});
