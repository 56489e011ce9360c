import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { ConfigurationError } from '#infra/configuration/configurationError.ts';
import { readSettings } from '#infra/configuration/readSettings.ts';
import { settingsSchema } from '#infra/configuration/settings.ts';
import cases from '../cases/settingsFaults.json' with { type: 'json' };
import { sampleSettings, textOf } from '../support/sample.ts';

const sample = textOf(sampleSettings);

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-settings-'));
  file = join(folder, 'countersign.config.yaml');
});
afterEach(() => rm(folder, { recursive: true }));

/** The lines of the message about these settings, without the folder; none when they are taken. */
async function complaintOf(text: string): Promise<string[]> {
  await writeFile(file, text);
  try {
    await readSettings(file);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message.replaceAll(`${folder}/`, '').split('\n');
  }
}

/** A case of the table: what is changed in the sample, the text on whose line the fault is, and the sentence about it. */
interface SettingsFault {
  fault: string;
  replace: string;
  with: string;
  also?: string[][];
  on: string;
  says: string;
}

function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new RangeError(`The sample has no: ${from}`);
  return text.replace(from, () => to);
}

function lineOf(text: string, part: string): number {
  const index = text.indexOf(part);
  if (index < 0) throw new RangeError(`The changed sample has no: ${part}`);
  return text.slice(0, index).split('\n').length;
}

describe('the sample settings', () => {
  it('have no fault', async () => {
    expect(await complaintOf(sample)).toEqual([]);
  });
});

describe('settings are refused, with the line, for', () => {
  it.each<SettingsFault>(cases)('$fault', async ({ replace, with: by, also = [], on, says }) => {
    const text = [[replace, by], ...also].reduce((so, [from = '', to = '']) => changed(so, from, to), sample);
    expect(await complaintOf(text)).toContain(`countersign.config.yaml:${lineOf(text, on)}: ${says}`);
  });

  it('more tags than leave room for those of a stack or an organization', async () => {
    const tags = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, index) => `tag${index}: x`).join(', ')} }`;
    const withTags = (count: number) => changed(sample, '{ service: countersign }', tags(count));
    expect(await complaintOf(withTags(40))).toEqual([]);
    expect((await complaintOf(withTags(41)))[0]).toMatch(
      /^countersign.config.yaml:\d+: tags must have at most 40/,
    );
  });

  it('each of several faults, in the order of the lines, and says what to do', async () => {
    const text = changed(
      changed(sample, 'logDays: 365', 'logDays: 1000'),
      'region: us-east-1',
      'region: here',
    );
    expect(await complaintOf(text)).toEqual([
      expect.stringContaining(': service.region must be'),
      expect.stringContaining(': retention.logDays must be'),
      'infra/configuration/settings.ts says what each setting means. Correct this and run the same command again.',
    ]);
  });

  it.each([
    ['', 'countersign.config.yaml is empty.'],
    ['- version: 1', 'countersign.config.yaml:1: the file must be a mapping.'],
    [
      'service: *nobody',
      'countersign.config.yaml: Unresolved alias (the anchor must be set before the alias): nobody.',
    ],
  ])('being %j', async (text, says) => {
    expect(await complaintOf(text)).toContain(says);
  });

  it('not being there', async () => {
    await expect(readSettings(file)).rejects.toThrow(`${file} does not exist.`);
  });
});

describe('settings that are missing', () => {
  const schema = z.toJSONSchema(settingsSchema, { io: 'input' });
  const required = requiredPaths(schema, parseDocument(sample).toJS());

  it('are many, so the cases below are no empty promise', () => {
    expect(required.length).toBeGreaterThan(20);
  });

  it.each(required.map((path) => [path.join('.'), path] as const))('%s is named', async (name, path) => {
    const document = parseDocument(sample);
    document.deleteIn(path);
    const sentence = name.replace(/\.(\d+)/g, '[$1]');
    expect(await complaintOf(document.toString())).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^countersign\\.config\\.yaml:\\d+: ${sentence.replace(/[.[\]]/g, '\\$&')} is missing\\.$`,
        ),
      ),
    );
  });

  it('are reported on the line of what they belong to', async () => {
    const text = changed(sample, '  sender: Countersign <countersign@example.com>\n', '  {}\n');
    expect(await complaintOf(text)).toContain(
      `countersign.config.yaml:${lineOf(text, 'mail:')}: mail.sender is missing.`,
    );
  });
});

/** The paths of all that the schema requires where the sample has it. */
function requiredPaths(
  schema: z.core.JSONSchema._JSONSchema | undefined,
  value: unknown,
  path: (string | number)[] = [],
): (string | number)[][] {
  if (typeof schema !== 'object' || !(value instanceof Object)) return [];
  if (Array.isArray(value)) {
    const items = Array.isArray(schema.items) ? undefined : schema.items;
    return value.flatMap((entry, index) => requiredPaths(items, entry, [...path, index]));
  }
  const variants = [schema, ...(schema.oneOf ?? [])].filter((variant) => typeof variant === 'object');
  return Object.entries(value).flatMap(([key, inner]) => {
    const fitting = variants.filter(({ properties }) => properties?.[key] !== undefined);
    const here = fitting.some((variant) => variant.required?.includes(key)) ? [[...path, key]] : [];
    return [
      ...here,
      ...fitting.flatMap(({ properties }) => requiredPaths(properties?.[key], inner, [...path, key])),
    ];
  });
}

describe('settings are taken', () => {
  it.each([
    ['an address alone as the sender', 'Countersign <countersign@example.com>', 'countersign@example.com'],
    [
      'a sender with punctuation in quotes',
      'Countersign <countersign@example.com>',
      `'"Access, Inc. (production)" <countersign@example.com>'`,
    ],
    [
      'a certificate and a hosted zone of the API',
      '  throttle:',
      '  domain:\n    name: access.example.com\n    certificateArn: arn:aws:acm:us-east-1:999988887777:certificate/0a1b\n    hostedZone: { id: Z0123456789, name: example.com }\n  throttle:',
    ],
    [
      'a domain that is its hosted zone',
      '  throttle:',
      '  domain:\n    name: example.com\n    certificateArn: arn:aws:acm:us-east-1:999988887777:certificate/0a1b\n    hostedZone: { id: Z0123456789, name: example.com }\n  throttle:',
    ],
    [
      'a web ACL of the API',
      '  throttle:',
      '  webAclArn: arn:aws:wafv2:us-east-1:999988887777:regional/webacl/countersign/0a1b\n  throttle:',
    ],
    ['a private API', 'kind: public }', 'kind: private, vpcEndpoints: [vpce-0a1b2c3d4e5f60718] }'],
    [
      'ranges of both kinds',
      'kind: public }',
      'kind: public, allowedRanges: [203.0.113.0/24, "2001:db8::/32"] }',
    ],
    [
      'an organization trail',
      'kind: own, lock: compliance, lockDays: 365, deleteAfterDays: 2557',
      'kind: organization',
    ],
    ['a lock until the day of deletion', 'deleteAfterDays: 2557', 'deleteAfterDays: 365'],
    [
      'an identity store of another region',
      'source: catalogue',
      'source: identity-store, identityStoreId: d-1234567890, region: eu-west-1',
    ],
    [
      'a deploy role whose name only begins like Countersign’s',
      'deployRoles:',
      'deployRoles:\n  - arn:aws:iam::999988887777:role/countersign-deploy',
    ],
    [
      'a deploy role of a short name that is its own',
      'deployRoles:',
      'deployRoles:\n  - arn:aws:iam::*:role/ci',
    ],
    [
      'an ID token for the API where the issuer’s audience is the page’s client',
      'clientId: countersign-web',
      'clientId: countersign\n    bearer: id_token',
    ],
    [
      'no sign-in for the command',
      `  commandLine: # countersign login
    issuer: https://login.example.com
    clientId: countersign-cli
    parameters: { resource: "urn:countersign:api" }
`,
      '',
    ],
    [
      'parameters of the command that the page may not have',
      'clientId: countersign-cli\n    parameters: {',
      'clientId: countersign-cli\n    parameters: { prompt: consent, access_type: offline,',
    ],
    ['tags in other scripts', '{ service: countersign }', '{ équipe: 平台, mail: ops@example.com }'],
  ])('with %s', async (_, from, to) => {
    expect(await complaintOf(changed(sample, from, to))).toEqual([]);
  });
});
