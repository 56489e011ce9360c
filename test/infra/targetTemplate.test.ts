import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { targetTemplate } from '#infra/targetTemplate.ts';
import { aCatalogue, entitlementIn } from '../support/builders.ts';
import {
  type Place,
  type Resource,
  resolved,
  someSettings,
  synthesized,
  type Template,
} from '../support/stacks.ts';

const catalogue = aCatalogue((source) => {
  source.targets.staging = { account: '444455556666', title: 'Staging' };
  const staged = { ...entitlementIn(source, 'orders-read'), target: 'staging' };
  source.entitlements['staging-read'] = {
    ...staged,
    policy: [
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem'],
        Resource: 'arn:aws:dynamodb:*:444455556666:table/orders',
      },
    ],
  };
});
const production = { account: '111122223333', region: 'us-east-1' };
const staging = { account: '444455556666', region: 'us-east-1' };

const templateOf = (...options: Parameters<typeof targetTemplate>): Template =>
  targetTemplate(...options) as Template;

/** What of the template an account takes in a region. */
const takenIn = (template: Template, place: Place): Resource[] =>
  Object.values(template.Resources).filter((resource) => {
    const { Condition } = resource as Resource & { Condition: string };
    return resolved(template, { Condition }, place) === true;
  });

/** What is made, whatever it is called in the template. */
const made = (resources: Resource[]) =>
  resources.map(({ Type, Properties }) => JSON.stringify({ Type, Properties })).sort();

describe('the template for a StackSet', () => {
  const settings = someSettings();
  const template = templateOf({ settings, catalogue });

  test('makes in each account what its own stack would, and nothing in others', () => {
    const { targets } = synthesized({ settings, catalogue });
    for (const [name, place] of Object.entries({ production, staging }))
      expect(made(takenIn(template, place)), name).toEqual(
        made(Object.values(targets[name]?.Resources ?? {})),
      );
    expect(takenIn(template, { account: '999988887777', region: 'us-east-1' })).toEqual([]);
    expect(takenIn(template, { ...production, region: 'eu-central-1' })).toEqual([]);
  });

  test('makes the watch alone in us-east-1, where the service is elsewhere', () => {
    const elsewhere = someSettings((source) => {
      source.service.region = 'eu-central-1';
    });
    const { all } = synthesized({ settings: elsewhere, catalogue });
    const split = templateOf({ settings: elsewhere, catalogue });
    for (const [region, suffix] of [
      ['eu-central-1', ''],
      ['us-east-1', '-us-east-1'],
    ] as const)
      expect(made(takenIn(split, { ...production, region }))).toEqual(
        made(Object.values(all[`CountersignTarget-production${suffix}`]?.Resources ?? {})),
      );
  });

  test('refers to nothing but the account and the region it is in', () => {
    expect(Object.keys(template).sort()).toEqual(['Conditions', 'Description', 'Resources']);
    const text = JSON.stringify(template);
    expect(new Set(text.match(/"(Ref|Fn::[A-Za-z]+)":"?[^",]*/g))).toEqual(
      new Set(['"Ref":"AWS::AccountId', '"Ref":"AWS::Region', '"Fn::And":[{', '"Fn::Equals":[{']),
    );
    expect(text).not.toContain('aws:cdk:path');
    expect(text.length).toBeLessThan(51_200);
  });

  test('holds only the targets that are asked for', () => {
    const one = templateOf({ settings, catalogue }, ['staging']);
    expect(takenIn(one, production)).toEqual([]);
    expect(made(takenIn(one, staging))).toEqual(made(takenIn(template, staging)));
    expect(() => templateOf({ settings, catalogue }, ['nowhere'])).toThrow(
      'The catalogue has no target nowhere.',
    );
  });
});

describe('npm run target-template', () => {
  const run = promisify(execFile);
  const command = (...targets: string[]) => run('node', ['infra/targetTemplate.ts', ...targets]);

  test('prints the template of the repository’s own targets, and warns of a StackSet where they are named', async () => {
    const { stdout, stderr } = await command('production');
    expect(stderr).toMatch(
      /^Not every target is in this template\. Never give it to a StackSet that holds others/,
    );
    expect(JSON.parse(stdout)).toEqual(
      JSON.parse(JSON.stringify(targetTemplate({ settings: someSettings(), catalogue: aCatalogue() }))),
    );
  });

  test('warns of nothing where all targets are in it', async () => {
    expect((await command()).stderr).toBe('');
  });

  test('says in a sentence what it does not know', async () => {
    await expect(command('nowhere')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The catalogue has no target nowhere\.\n/),
    });
  });
});
