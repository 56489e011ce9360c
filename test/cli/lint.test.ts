import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lacks } from '../support/needs.ts';
import { sampleCatalogue, sampleSettings, textOf } from '../support/sample.ts';
import { runCountersign } from './runCountersign.ts';

const catalogue = textOf(sampleCatalogue);
const settings = textOf(sampleSettings);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-lint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

const lint = (...words: string[]) => runCountersign(['lint', ...words], { cwd: folder });

/** The text with something changed, and the line of the change. */
function changed(text: string, from: string, to: string): { text: string; line: number } {
  if (!text.includes(from)) throw new RangeError(`There is no ${from}.`);
  return { text: text.replace(from, to), line: text.slice(0, text.indexOf(from)).split('\n').length };
}

const ordersActions = 'Action: [dynamodb:GetItem, dynamodb:Query]';

/** The catalogue with other actions in orders-read. Answers their line. */
async function writeActions(actions: string): Promise<number> {
  const { text, line } = changed(catalogue, ordersActions, `Action: ${actions}`);
  await write('catalogue.yaml', text);
  return line;
}

describe('countersign lint', () => {
  test('has nothing to say of the sample, alone or with its settings', async () => {
    await write('catalogue.yaml', catalogue);
    expect(await lint()).toMatchObject({
      code: 0,
      stdout: 'Nothing to say of catalogue.yaml.\n',
      stderr: '',
    });
    await write('countersign.config.yaml', settings);
    expect((await lint()).stdout).toBe('Nothing to say of countersign.config.yaml and catalogue.yaml.\n');
  });

  test('tells each fault with its file and line, and answers 1', async () => {
    const { text, line } = changed(catalogue, 'maxDuration: PT8H', 'maxDuraton: PT8H');
    await write('other.yaml', text);
    const { code, stdout, stderr } = await lint('other.yaml');
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain(
      `other.yaml:${line}: fault: entitlements.orders-read.maxDuraton is unknown: perhaps maxDuration is meant.`,
    );
    expect(stdout).toMatch(/\n2 faults in other\.yaml\. Correct the faults before you deploy\.\n$/);
  });

  test('tells what is no YAML with its line', async () => {
    await write('catalogue.yaml', 'version: 1\ngroups: [a\n');
    const { code, stdout } = await lint();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^catalogue\.yaml:\d: fault: /);
  });

  test('tells what approvals lack as a fault: a deploy lets it through, and it is of no use', async () => {
    const { text, line } = changed(
      catalogue,
      '- { count: 1, from: { groups: [security] } }',
      '- { count: 3, from: { groups: [security] } }',
    );
    await write('catalogue.yaml', text);
    const { code, stdout } = await lint();
    expect(code).toBe(1);
    expect(stdout).toContain(
      `catalogue.yaml:${line}: fault: entitlements.orders-admin.approval[1] wants 3 of the 2`,
    );
  });

  test('warns of what should be seen, and answers 0', async () => {
    const line = await writeActions('"dynamodb:*"');
    const { code, stdout } = await lint();
    expect(code).toBe(0);
    expect(stdout).toContain(
      `catalogue.yaml:${line}: warning: entitlements.orders-read.policy[0].Action dynamodb:* allows dynamodb:DeleteBackup, which destroys`,
    );
    expect(stdout).toContain('1 warning in catalogue.yaml. Nothing that a deploy refuses.');
  });

  test('warns of an action that AWS does not have, with the one that is meant and the day of the list', async () => {
    const line = await writeActions('[dynamodb:GetItem, dynamodb:Qurey]');
    const { code, stdout } = await lint();
    expect(code).toBe(0);
    expect(stdout).toMatch(
      `catalogue.yaml:${line}: warning: entitlements.orders-read.policy[0].Action[1] dynamodb:Qurey is no action of AWS in the list of 20`,
    );
    expect(stdout).toContain(': perhaps dynamodb:Query is meant.\n');
  });

  test('warns of an action on resources that it is never for', async () => {
    await writeActions('[dynamodb:GetItem, dynamodb:ListTables, dynamodb:GetRecords]');
    const { stdout } = await lint();
    expect(stdout).toMatch(
      / dynamodb:ListTables takes no resource in .* Give it a statement of its own on "\*"\.\n/,
    );
    expect(stdout).toMatch(/ dynamodb:GetRecords is for arn:aws:dynamodb:\*:\*:table\/\*\/stream\/\* in /);
    expect(stdout).toContain('2 warnings in catalogue.yaml.');
  });

  test('refuses a pattern that a requester could keep the service busy with, by an example', async () => {
    const { text, line } = changed(catalogue, '"^(INC|CHG)-[0-9]+$"', '"^(INC|CHG)-([0-9]+ ?)+$"');
    await write('catalogue.yaml', text);
    const said = `catalogue.yaml:${line}: fault: entitlements.orders-read.ticket.pattern ^(INC|CHG)-([0-9]+ ?)+$ takes more than 200 ms for "INC-`;
    for (const settingsToo of [false, true]) {
      if (settingsToo) await write('countersign.config.yaml', settings);
      const { code, stdout } = await lint();
      expect(code).toBe(1);
      expect(stdout).toContain(said);
      expect(stdout).toContain('[A-Z]+(-[A-Z]+)* rather than ([A-Z]+-?)+.\n');
    }
  });

  test('warns of every role in reach where a session may assume further ones', async () => {
    const { text, line } = changed(
      catalogue,
      `${ordersActions}\n        Resource: arn:aws:dynamodb:*:111122223333:table/orders`,
      'Action: sts:AssumeRole\n        Resource: arn:aws:iam::111122223333:role/*',
    );
    await write('catalogue.yaml', text);
    expect((await lint()).stdout).toBe('Nothing to say of catalogue.yaml.\n');
    await write('catalogue.yaml', text.replace('approval:\n', 'allowChaining: true\n    approval:\n'));
    expect((await lint()).stdout).toContain(
      `catalogue.yaml:${line + 1}: warning: entitlements.orders-read.policy[0].Resource arn:aws:iam::111122223333:role/* is every role of account 111122223333 for sts:AssumeRole:`,
    );
  });

  test('holds the settings beside it against it', async () => {
    await write('catalogue.yaml', catalogue);
    const { text, line } = changed(settings, '999988887777', '111122223333');
    await write('countersign.config.yaml', text);
    const { code, stdout } = await lint();
    expect(code).toBe(1);
    expect(stdout).toContain(
      `countersign.config.yaml:${line}: fault: service.account must not be the account of a target`,
    );
  });

  test('gives findings to CI in JSON', async () => {
    const { text, line } = changed(catalogue, 'approval:\n', 'allowChaining: true\n    approval:\n');
    await write('catalogue.yaml', text);
    const { code, stdout } = await lint('--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      files: ['catalogue.yaml'],
      faults: 0,
      warnings: 1,
      findings: [
        {
          severity: 'warning',
          file: 'catalogue.yaml',
          line,
          text: expect.stringMatching(/^entitlements\.orders-read\.allowChaining lets the session assume/),
        },
      ],
    });
  });

  test('says what to name where there is no catalogue', async () => {
    expect(await lint()).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'catalogue.yaml is not there, or cannot be read. Name the catalogue: countersign lint FILE\n',
    });
  });

  test('shows nothing of a catalogue that would move the cursor', async () => {
    await write('catalogue.yaml', `${catalogue}"\\e[2Jmore": 1\n`);
    const { stdout } = await lint();
    expect(stdout).toContain('[2Jmore');
    expect(stdout).not.toContain('\u001b');
  });

  test.skipIf(lacks('script'))('has colours on a terminal', async () => {
    await write('catalogue.yaml', catalogue.replace('version: 1', 'version: 2'));
    const { stdout } = await runCountersign(['lint'], { cwd: folder, terminal: 100 });
    expect(stdout).toContain('\u001b[31mfault\u001b[39m');
  });
});

describe('the JSON Schema of a catalogue', () => {
  const written = JSON.parse(readFileSync('docs/catalogue.schema.json', 'utf8'));

  test('is the one in docs: npm run catalogue-schema', async () => {
    const { code, stdout } = await lint('--schema');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(written);
  });

  test('is what both catalogues name for editors', () => {
    for (const [file, path] of [
      ['catalogue.yaml', 'docs/catalogue.schema.json'],
      [sampleCatalogue, '../../docs/catalogue.schema.json'],
    ] as const)
      expect(readFileSync(file, 'utf8')).toMatch(`# yaml-language-server: $schema=${path}\n`);
  });

  test('knows every key of the sample, and no other', () => {
    const { entitlements, ...rest } = parse(catalogue);
    expect(Object.keys(written.properties)).toEqual(
      expect.arrayContaining(['entitlements', ...Object.keys(rest)]),
    );
    const { properties, additionalProperties } = written.properties.entitlements.additionalProperties;
    expect(additionalProperties).toBe(false);
    for (const entitlement of Object.values(entitlements))
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(Object(entitlement))));
  });
});
