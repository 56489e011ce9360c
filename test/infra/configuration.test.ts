import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigurationError } from '#infra/configuration/configurationError.ts';
import { faultSentence } from '#infra/configuration/fault.ts';
import { readCatalogue } from '#infra/configuration/readCatalogue.ts';
import { readConfiguration } from '#infra/configuration/readConfiguration.ts';
import { aCatalogueSource, entitlementIn } from '../support/builders.ts';
import { sampleCatalogue, sampleSettings, textOf } from '../support/sample.ts';

const settings = textOf(sampleSettings);
const catalogue = textOf(sampleCatalogue);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-configuration-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The sentences about this pair of files, without the folder; none when they are taken. */
async function complaintsOf(files: { settings?: string; catalogue?: string }): Promise<string[]> {
  const names = {
    settings: join(folder, 'countersign.config.yaml'),
    catalogue: join(folder, 'catalogue.yaml'),
  };
  await writeFile(names.settings, files.settings ?? settings);
  await writeFile(names.catalogue, files.catalogue ?? catalogue);
  try {
    await readConfiguration(names);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message.replaceAll(`${folder}/`, '').split('\n').slice(0, -1);
  }
}

function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new RangeError(`The sample has no: ${from}`);
  return text.replace(from, () => to);
}

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

const sts = (id: string): string => `https://${id}.tokens.sts.global.api.aws`;

const withIssuers = (...issuers: string[]): string =>
  changed(
    settings,
    '  page:',
    `${issuers
      .map(
        (issuer) =>
          `    - { issuer: "${issuer}", jwksUri: "${issuer}/keys", audience: countersign, kind: machine }\n`,
      )
      .join('')}  page:`,
  );

const withMachines = (...machines: string[]): string =>
  changed(catalogue, 'targets:\n', `machines:\n${machines.map((line) => `  ${line}\n`).join('')}targets:\n`);

const machine = (name: string, issuer: string, account = '444455556666'): string =>
  `${name}: { issuer: "${issuer}", subject: "arn:aws:iam::${account}:role/${name}", account: "${account}" }`;

describe('the settings and the catalogue of the sample', () => {
  it('fit each other', async () => {
    expect(await complaintsOf({})).toEqual([]);
  });

  it('are what a configuration is made of', async () => {
    const read = await readConfiguration({
      settings: sampleSettings,
      catalogue: sampleCatalogue,
    });
    expect(read.settings.service.account).toBe('999988887777');
    expect([...read.catalogue.entries.keys()]).toContain('orders-read');
    expect(read.findings).toEqual([]);
  });

  it('is noted, with its line, where nobody has to approve, and where nobody can', async () => {
    const alone = changed(
      catalogue,
      '- { count: 1, from: { groups: [security] } }',
      '- { count: 3, from: { groups: [security] } }',
    );
    const text = changed(
      alone,
      'approval:\n      - { count: 1, from: { groups: [orders-leads] } }\n    maxDuration: PT2H',
      'approval: []\n    maxDuration: PT2H',
    );
    await writeFile(join(folder, 'countersign.config.yaml'), settings);
    await writeFile(join(folder, 'catalogue.yaml'), text);
    const files = {
      settings: join(folder, 'countersign.config.yaml'),
      catalogue: join(folder, 'catalogue.yaml'),
    };
    const { findings } = await readConfiguration(files);
    expect(findings.map((finding) => faultSentence(finding).replaceAll(`${folder}/`, ''))).toEqual([
      `catalogue.yaml:${lineOf(text, '- { count: 3')}: entitlements.orders-admin.approval[1] wants 3 of the 2 people it names: no request can be approved. Name more people, or lower the count.`,
      `catalogue.yaml:${lineOf(text, 'approval: []')}: entitlements.orders-item.approval is empty: access without approval. Add a rule, unless that is what you want.`,
    ]);
  });
});

it('what AWS does not have is noted, with its line', async () => {
  const text = changed(catalogue, 'dynamodb:Query]', 'dynamodb:Qeury]');
  const files = {
    settings: join(folder, 'countersign.config.yaml'),
    catalogue: join(folder, 'catalogue.yaml'),
  };
  await writeFile(files.settings, settings);
  await writeFile(files.catalogue, text);
  expect((await readConfiguration(files)).findings).toMatchObject([
    {
      severity: 'warning',
      line: lineOf(text, 'dynamodb:Qeury'),
      text: expect.stringContaining('perhaps dynamodb:Query is meant'),
    },
  ]);
});

describe('a configuration is refused, with file and line, when', () => {
  it('the service would live in a target account', async () => {
    const text = changed(settings, '999988887777', '111122223333');
    expect(await complaintsOf({ settings: text })).toEqual([
      `countersign.config.yaml:${lineOf(text, 'account:')}: service.account must not be the account of a target, production: whoever is granted there would be near the keys.`,
    ]);
  });

  it('a pattern of the catalogue could keep the service busy', async () => {
    const text = changed(catalogue, 'pattern: "[0-9]{1,10}"\n        maxLength: 10', 'pattern: "([0-9]+)+"');
    expect(await complaintsOf({ catalogue: text })).toEqual([
      expect.stringContaining(
        `catalogue.yaml:${lineOf(text, '([0-9]+)+')}: entitlements.orders-item.parameters.order.pattern ([0-9]+)+ takes more than`,
      ),
    ]);
  });

  it('a machine of the catalogue could never sign in', async () => {
    const text = withMachines(machine('deployer', 'https://machines.example.com'));
    expect(
      await complaintsOf({ settings: withIssuers('https://machines.example.com/'), catalogue: text }),
    ).toEqual([
      `catalogue.yaml:${lineOf(text, 'deployer:')}: machines.deployer.issuer must be one of signIn.issuers, of kind machine, letter by letter: this machine could never sign in.`,
    ]);
  });

  it('a machine of the catalogue would sign in where people do', async () => {
    expect(
      await complaintsOf({ catalogue: withMachines(machine('deployer', 'https://login.example.com')) }),
    ).toEqual([
      expect.stringContaining('machines.deployer.issuer must be one of signIn.issuers, of kind machine'),
    ]);
  });

  it('AWS tokens are trusted of an account that nobody can tell', async () => {
    const text = withIssuers('https://machines.example.com', sts('0a1b'));
    expect(await complaintsOf({ settings: text })).toEqual([
      `countersign.config.yaml:${lineOf(text, sts('0a1b'))}: signIn.issuers[2].issuer must go until a machine of the catalogue has it: nobody can tell that it is no target account’s.`,
    ]);
  });

  it('two accounts would have one AWS issuer: one of them may be a target', async () => {
    expect(
      await complaintsOf({
        settings: withIssuers(sts('0a1b')),
        catalogue: withMachines(machine('one', sts('0a1b')), machine('two', sts('0a1b'), '555566667777')),
      }),
    ).toEqual([
      expect.stringMatching(
        /^catalogue\.yaml:\d+: machines\.two\.account must be that of one, whose issuer is the same/,
      ),
    ]);
  });

  it('AWS tokens would have to name something else than a role', async () => {
    const system = `system: { issuer: "${sts('0a1b')}", subject: system, account: "444455556666" }`;
    expect(
      await complaintsOf({ settings: withIssuers(sts('0a1b')), catalogue: withMachines(system) }),
    ).toEqual([
      expect.stringMatching(/^catalogue\.yaml:\d+: machines\.system\.subject must be the ARN of a role/),
    ]);
  });

  it('whoever is granted a role could tamper without an alarm', async () => {
    const role = '- arn:aws:iam::*:role/*-orders-admin';
    const text = changed(settings, 'deployRoles:', `deployRoles:\n  ${role}`);
    expect(await complaintsOf({ settings: text })).toEqual([
      `countersign.config.yaml:${lineOf(text, role)}: deployRoles[0] must not match Countersign’s own roles: what they change has to raise an alarm.`,
    ]);
  });

  it('two targets are one account, whose roles two stacks would make', async () => {
    const text = changed(
      catalogue,
      'entitlements:',
      '  again: { account: "111122223333", title: Again }\n\nentitlements:',
    );
    expect(await complaintsOf({ catalogue: text })).toEqual([
      `catalogue.yaml:${lineOf(text, '  again:')}: targets.again.account is the account of another target: one target for each account.`,
    ]);
  });

  it('the name of a target cannot be part of a stack’s name', async () => {
    const text = catalogue
      .replaceAll('target: production', 'target: pro_duction')
      .replace('  production:', '  pro_duction:');
    expect(await complaintsOf({ catalogue: text })).toEqual([
      expect.stringMatching(/^catalogue\.yaml:\d+: targets\.pro_duction must be letters, digits and hyphens/),
    ]);
  });

  it('the issuers do not fit the environment of a function', async () => {
    const issuers = (count: number) =>
      withIssuers(...Array.from({ length: count }, (_, index) => `https://machines-${index}.example.com`));
    expect(await complaintsOf({ settings: issuers(12) })).toEqual([]);
    expect(await complaintsOf({ settings: issuers(30) })).toEqual([
      expect.stringMatching(
        /^countersign\.config\.yaml:\d+: signIn\.issuers make an environment of \d+ characters, and Lambda takes 4096/,
      ),
    ]);
  });

  it('the roles that deploy do not fit a rule of the watch', async () => {
    const roles = (count: number) =>
      changed(
        settings,
        'deployRoles:',
        `deployRoles:\n${Array.from({ length: count }, (_, index) => `  - arn:aws:iam::*:role/${'x'.repeat(250)}${index}\n`).join('')}`,
      );
    expect(await complaintsOf({ settings: roles(2) })).toEqual([]);
    expect(await complaintsOf({ settings: roles(6) })).toEqual([
      expect.stringMatching(
        /^countersign\.config\.yaml:\d+: deployRoles make a rule of \d+ characters, and EventBridge takes 2048/,
      ),
    ]);
  });

  it('the entitlements do not fit the policy of the function that issues', async () => {
    const entitlements = (count: number): string => {
      const source = aCatalogueSource();
      for (let index = 0; index < count; index++)
        source.entitlements[`orders-read-${index}`] = {
          ...entitlementIn(source, 'orders-read'),
          role: `orders-read-${index}`,
        };
      return stringify(source, { aliasDuplicateObjects: false });
    };
    expect(await complaintsOf({ catalogue: entitlements(60) })).toEqual([]);
    expect(await complaintsOf({ catalogue: entitlements(200) })).toEqual([
      expect.stringMatching(
        /^catalogue\.yaml:\d+: entitlements make a policy of \d+ characters for countersign-issue-session, and IAM takes 10240/,
      ),
    ]);
  });
});

describe('a configuration is taken', () => {
  it('with machines of AWS accounts that are no targets', async () => {
    expect(
      await complaintsOf({
        settings: withIssuers(sts('0a1b'), sts('2c3d')),
        catalogue: withMachines(
          machine('one', sts('0a1b')),
          machine('two', sts('0a1b')),
          machine('other', sts('2c3d'), '555566667777'),
        ),
      }),
    ).toEqual([]);
  });
});

describe('a catalogue with faults is refused with the line of each', () => {
  const complaintsOfCatalogue = (from: string, to: string) =>
    complaintsOf({ catalogue: changed(catalogue, from, to) });

  it.each([
    [
      'orders-read:\n    title: Read the orders table',
      'orders-read:\n    titel: x',
      'entitlements.orders-read.titel is unknown: perhaps title is meant.',
    ],
    [
      'maxDuration: PT8H',
      'maxDuration: P8D',
      'entitlements.orders-read.maxDuration must be between PT1M and P7D.',
    ],
    [
      'requesters: { groups: [orders-team] }',
      'requesters: { groups: [orders-taem] }',
      'entitlements.orders-read.requesters names a group that does not exist: orders-taem.',
    ],
    ['[trent@example.com]', '[trent]', 'groups.audit[0] must be an e-mail address.'],
    [
      '"111122223333", title',
      '111122223333, title',
      'targets.production.account must be a 12-digit account id, in quotes.',
    ],
    [
      'Effect: Allow',
      'Effect: Permit',
      'entitlements.orders-read.policy[0].Effect must be one of Allow, Deny.',
    ],
    [
      'Action: [dynamodb:GetItem, dynamodb:Query]',
      'Action: 1',
      'entitlements.orders-read.policy[0].Action has a form that does not fit.',
    ],
  ])('%s → %s', async (from, to, sentence) => {
    expect(
      (await complaintsOfCatalogue(from, to)).map((line) => line.replace(/^catalogue\.yaml:\d+: /, '')),
    ).toContain(sentence);
  });

  it('where the fault is, not where the entry begins', async () => {
    const text = changed(catalogue, 'maxDuration: PT4H', 'maxDuration: PT30S');
    expect(await complaintsOf({ catalogue: text })).toContain(
      `catalogue.yaml:${lineOf(text, 'maxDuration: PT30S')}: entitlements.orders-admin.maxDuration must be between PT1M and P7D.`,
    );
  });

  it('and with what to say about aliases that would fill the memory', async () => {
    const many = stringify(Array.from({ length: 200 }, () => '*one')).replaceAll('"', '');
    expect(await complaintsOf({ catalogue: `groups: &one [x]\npeople:\n${many}` })).toEqual([
      'catalogue.yaml: Excessive alias count indicates a resource exhaustion attack.',
    ]);
  });

  it('also without settings', async () => {
    const file = join(folder, 'catalogue.yaml');
    await writeFile(file, changed(catalogue, 'version: 1', 'version: 3'));
    await expect(readCatalogue(file)).rejects.toThrow(
      `${file}:${lineOf(catalogue, 'version:')}: version must be 1.`,
    );
  });

  it('with groups of a directory file, which may be all that there are', async () => {
    const groups = join(folder, 'directory.groups.yaml');
    const { groups: people, ...rest } = aCatalogueSource();
    await writeFile(
      groups,
      stringify({ identityStore: 'd-1234567890', readAt: '2026-11-22T10:00:00Z', groups: people }),
    );
    await writeFile(join(folder, 'catalogue.yaml'), stringify(rest));
    expect((await readCatalogue(join(folder, 'catalogue.yaml'), groups)).groups).toEqual(people);
    await expect(readCatalogue(join(folder, 'catalogue.yaml'))).rejects.toThrow(': groups is missing.');
  });
});
