import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { functions } from '#infra/functions.ts';
import { someSettings, synthesized } from '../support/stacks.ts';

const document = readFileSync('docs/deploy.md', 'utf8');
const blocks = (language: string): string[] =>
  [...document.matchAll(new RegExp(`^ *\`\`\`${language}\n([\\s\\S]*?)^ *\`\`\``, 'gm'))].map(
    ([, text]) => text ?? '',
  );
/** Whole lines, and what stands between backticks in a sentence. */
const commands = [
  ...blocks('sh').flatMap((block) => block.replaceAll('\\\n', '').split('\n')),
  ...[...document.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text ?? ''),
];

/** As GitHub makes them from headings. */
const anchorsOf = (markdown: string): Set<string> =>
  new Set(
    [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );

test('there are five steps at most', () => {
  const steps = [...document.matchAll(/^### (\d)\. /gm)].map(([, number]) => Number(number));
  expect(steps).toEqual([1, 2, 3, 4, 5]);
});

describe('whoever follows the document', () => {
  test('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = commands.flatMap((command) => [...command.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)]);
    expect(named.length).toBeGreaterThan(0);
    for (const [, script = ''] of named) expect(Object.keys(scripts)).toContain(script);
  });

  test('deploys stacks that exist', () => {
    const elsewhere = someSettings((settings) => {
      settings.service.region = 'eu-central-1';
    });
    const stacks = [
      ...Object.keys(synthesized().all),
      ...Object.keys(synthesized({ settings: elsewhere }).all),
    ];
    const named = [...document.matchAll(/\bCountersign(?:Service|Trail|Target)[\w-]*/g)].map(
      ([name]) => name,
    );
    // The StackSet is made by hand.
    for (const name of new Set(named)) if (name !== 'CountersignTargets') expect(stacks).toContain(name);
    for (const name of Object.keys(synthesized().all)) expect(named).toContain(name);
  });

  test('is told of outputs that exist', () => {
    const outputs = Object.keys(synthesized().service.Outputs ?? {});
    for (const name of ['ApiBaseUrl', 'MailDnsRecord1', 'AlarmTopicArn']) {
      expect(document).toContain(name);
      expect(outputs).toContain(name);
    }
  });

  test('finds what the links lead to', () => {
    const links = [...document.matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g)];
    expect(links.length).toBeGreaterThan(10);
    for (const [, file = '', anchor] of links) {
      const target = file === '' ? 'docs/deploy.md' : `docs/${file}`;
      expect(existsSync(target), target).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(readFileSync(target, 'utf8'))).toContain(anchor);
    }
  });
});

test('the quota that it asks for is what the functions set aside, and the 100 that AWS wants left', () => {
  const aside = Object.values(functions).reduce(
    (sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency,
    0,
  );
  expect(document).toContain(`Lambda: ${aside + 100} concurrent executions or more | ${aside} are set aside`);
  expect(document).toContain(`(off: ${functions.issueSession.reservedConcurrency})`);
});

describe('the deploy roles that it names', () => {
  const named: string[] = blocks('yaml').flatMap((block) => parse(block).deployRoles);

  test('are settings that can be taken', () => {
    const settings = someSettings((source) => {
      source.deployRoles = named;
    });
    expect(settings.deployRoles).toEqual(named);
  });

  test('are those that the service control policy lets deploy', () => {
    const { Statement } = JSON.parse(readFileSync('docs/protect/scp.json', 'utf8'));
    const roles = Statement.find(({ Sid }: { Sid: string }) => Sid === 'RolesAreDeployed');
    expect(roles.Condition.ArnNotLike['aws:PrincipalArn']).toEqual(named);
  });
});

/** What the table of what stays calls each type. */
const stays: Record<string, string> = {
  'AWS::ApiGateway::Account': "API Gateway's role for logs, and the account setting that names it",
  'AWS::DynamoDB::Table': 'table `countersign`',
  'AWS::IAM::Role': "API Gateway's role for logs, and the account setting that names it",
  'AWS::KMS::Key': 'five KMS keys',
  'AWS::Logs::LogGroup': 'log groups',
  'AWS::S3::Bucket': 'bucket `countersign-trail-…` with its policy',
  'AWS::S3::BucketPolicy': 'bucket `countersign-trail-…` with its policy',
};

describe('what stays when the stacks are gone', () => {
  const retained = Object.values(synthesized().all).flatMap((template) =>
    Object.values(template.Resources).filter(({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain')),
  );
  const types = retained.map(({ Type }) => Type);

  test('is in the table, and nothing else but the CDK’s own', () => {
    expect([...new Set(types)].sort()).toEqual(Object.keys(stays));
    const table = document.split('| what stays |')[1]?.split('\n\n')[0] ?? '';
    for (const text of Object.values(stays)) expect(table).toContain(`\n| ${text}`);
    expect(table.split('\n').slice(2)).toHaveLength(new Set(Object.values(stays)).size + 1);
  });

  test('is five keys, one role, and log groups of these names', () => {
    expect(types.filter((type) => type === 'AWS::KMS::Key')).toHaveLength(5);
    expect(types.filter((type) => type === 'AWS::IAM::Role')).toHaveLength(1);
    const groups = retained.flatMap(({ Type, Properties }) =>
      Type === 'AWS::Logs::LogGroup' ? [String(Properties.LogGroupName)] : [],
    );
    for (const name of groups)
      expect(document).toContain(
        `\`${name.startsWith('/aws/lambda/countersign-') ? '/aws/lambda/countersign-*' : name}\``,
      );
  });
});
