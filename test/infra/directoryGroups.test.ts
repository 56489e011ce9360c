import { mkdir, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isNotFound, sentenceOf } from '#infra/configuration/awsCliFailure.ts';
import { faultSentence } from '#infra/configuration/fault.ts';
import { readConfiguration } from '#infra/configuration/readConfiguration.ts';
import { type GroupsFolder, groupsFolder } from '../support/groupsFolder.ts';

/** What the directory holds, and how the AWS CLI behaves. */
interface World {
  groups: Record<string, string[]>;
  users: Record<string, { Emails?: object[]; UserStatus?: string }>;
  /** So many memberships fit a page. */
  page?: number;
  /** What it writes instead of an answer, and how it ends then. */
  failure?: string;
}

const work = (email: string) => ({ Emails: [{ Value: email, Type: 'work', Primary: true }] });

const world: World = {
  groups: { 'orders-leads': ['bob', 'carol'], security: ['erin', 'frank', 'carol'], others: ['mallory'] },
  users: {
    bob: work('Bob@example.com'),
    carol: work('carol@example.com'),
    erin: work('erin@example.com'),
    frank: work('frank@example.com'),
    mallory: work('mallory@example.com'),
  },
};

/** A program that answers like `aws identitystore …`, out of files, and keeps a list of what it was asked. */
const fakeAws = `#!/bin/sh
cd "\${0%/*}/answers"
operation=$2
shift 2
while [ $# -gt 0 ]; do
  case $1 in
    --identity-store-id) store=$2 ;;
    --region) region=$2 ;;
    --output) output=$2 ;;
    --alternate-identifier) of=\${2##*'"AttributeValue":"'} of=\${of%%'"'*} ;;
    --group-id | --user-id) of=$2 ;;
    --starting-token) token=$2 ;;
  esac
  shift 2
done
fail() { printf '\\n%s\\n' "$1" >&2; exit 254; }
missing() { fail "An error occurred (ResourceNotFoundException) when calling the $1 operation: $2 not found"; }
echo "identitystore $operation $of" >> ../asked
[ ! -f failure ] || fail "$(cat failure)"
[ "$store $region $output" = 'd-1234567890 eu-west-1 json' ] || fail 'Which store?'
answer="$operation $of\${token:+ }$token.json"
[ ! -f "$answer" ] || exec cat "$answer"
case $operation in
  get-group-id) missing GetGroupId Group ;;
  describe-user) missing DescribeUser USER ;;
esac
fail "What is $answer?"
`;

/** What it answers, by the names of its files. */
function answersOf({ groups, users, page = 1000 }: World): Record<string, object> {
  const IdentityStoreId = 'd-1234567890';
  const ofGroup = ([name, people]: [string, string[]]): [string, object][] => {
    const GroupId = `id-of-${name}`;
    const starts = people.map((_, at) => at).filter((at) => at % page === 0);
    const pages = (starts.length > 0 ? starts : [0]).map((from): [string, object] => [
      `list-group-memberships ${GroupId}${from > 0 ? ` ${from}` : ''}`,
      {
        GroupMemberships: people
          .slice(from, from + page)
          .map((UserId) => ({ IdentityStoreId, MemberId: { UserId } })),
        ...(from + page < people.length && { NextToken: String(from + page) }),
      },
    ]);
    return [[`get-group-id ${name}`, { GroupId, IdentityStoreId }], ...pages];
  };
  return Object.fromEntries([
    ...Object.entries(groups).flatMap(ofGroup),
    ...Object.entries(users).map(([id, user]) => [`describe-user ${id}`, user] as const),
  ]);
}

let folder: GroupsFolder;
beforeEach(async () => {
  folder = await groupsFolder();
  await folder.installAws(fakeAws);
});
afterEach(() => folder.remove());

async function runWith(over: Partial<World> = {}, run = folder.run) {
  const now = { ...world, ...over };
  await rm(`${folder.path}/answers`, { recursive: true, force: true });
  await mkdir(`${folder.path}/answers`);
  for (const [name, answer] of Object.entries(answersOf(now)))
    await folder.write(`answers/${name}.json`, JSON.stringify(answer));
  if (now.failure) await folder.write('answers/failure', now.failure);
  return run();
}

const written = async () => parse(await folder.read('directory.groups.yaml'));

const configuration = () =>
  readConfiguration({
    settings: `${folder.path}/countersign.config.yaml`,
    catalogue: `${folder.path}/catalogue.yaml`,
  });

describe('npm run groups', () => {
  it('writes who is in the groups that the catalogue names and does not list, and in no others', async () => {
    expect(await runWith({}, folder.runProcess)).toMatchObject({ code: 0, stderr: '' });
    expect(await written()).toEqual({
      identityStore: 'd-1234567890',
      readAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      groups: {
        'orders-leads': ['bob@example.com', 'carol@example.com'],
        security: ['carol@example.com', 'erin@example.com', 'frank@example.com'],
      },
    });
  });

  it('makes them the groups of the catalogue', async () => {
    await runWith();
    const { catalogue, findings } = await configuration();
    expect(catalogue.groups['orders-leads']).toEqual(['bob@example.com', 'carol@example.com']);
    expect(catalogue.groups['orders-team']).toContain('alice@example.com');
    expect(findings).toEqual([]);
  });

  it('reads every page of a large group, and asks for each person once', async () => {
    const people = Array.from({ length: 7 }, (_, index) => `user${index}`);
    const users = Object.fromEntries(people.map((name) => [name, work(`${name}@example.com`)]));
    await runWith({ groups: { 'orders-leads': people, security: people }, users, page: 2 });
    expect((await written()).groups.security).toEqual(people.map((name) => `${name}@example.com`));
    const asked = (await folder.read('asked')).split('\n');
    expect(
      asked.filter((line) => line === 'identitystore list-group-memberships id-of-security'),
    ).toHaveLength(4);
    expect(asked.filter((line) => line.startsWith('identitystore describe-user'))).toHaveLength(7);
  });

  it('prints who came and who went since the last time', async () => {
    await runWith();
    const { stdout } = await runWith({ groups: { ...world.groups, 'orders-leads': ['carol', 'mallory'] } });
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'orders-leads: 2 people',
      '  + mallory@example.com',
      '  - bob@example.com',
      'security: 3 people, as before',
    ]);
  });

  it('leaves the file alone when nothing changed, so that no pull request is about nothing', async () => {
    await runWith();
    const text = await folder.read('directory.groups.yaml');
    await folder.write('directory.groups.yaml', text.replace(/readAt: .*/, 'readAt: 2026-01-01T00:00:00Z'));
    await runWith();
    expect((await written()).readAt).toBe('2026-01-01T00:00:00Z');
  });

  it('drops a group that the catalogue lists itself by now', async () => {
    await runWith();
    const catalogue = await folder.read('catalogue.yaml');
    await folder.write(
      'catalogue.yaml',
      catalogue.replace('groups:\n', 'groups:\n  security: [erin@example.com]\n'),
    );
    await expect(configuration()).rejects.toThrow(
      /catalogue\.yaml:\d+: groups\.security stands in directory/,
    );
    const { stdout } = await runWith();
    expect(stdout).toContain('security: left out, the catalogue leaves it to the directory no longer');
    expect((await configuration()).catalogue.groups.security).toEqual(['erin@example.com']);
  });

  it('writes the file anew after a merge has left it in pieces', async () => {
    await folder.write('directory.groups.yaml', '<<<<<<< HEAD\nreadAt: 1\n=======\n');
    expect(await runWith()).toMatchObject({ code: 0 });
    expect(Object.keys((await written()).groups)).toEqual(['orders-leads', 'security']);
  });
});

describe('who is in a group', () => {
  it('is known by the primary address, or by the only one', async () => {
    const primary = { Emails: [{ Value: 'home@example.net' }, { Value: 'bob@example.com', Primary: true }] };
    const only = { Emails: [{ Value: 'carol@example.com' }], UserStatus: 'ENABLED' };
    await runWith({ users: { ...world.users, bob: primary, carol: only } });
    expect((await written()).groups['orders-leads']).toEqual(['bob@example.com', 'carol@example.com']);
  });

  it('is left out when no address names them, and file and terminal say so', async () => {
    const users = {
      carol: work('carol@example.com'),
      silent: {},
      twofold: { Emails: [{ Value: 'x@example.com' }, { Value: 'x@example.net', Primary: false }] },
      lookalike: work('сarol@example.com'),
      leaver: { ...work('leaver@example.com'), UserStatus: 'DISABLED' },
    };
    const { code, stderr } = await runWith({
      groups: { 'orders-leads': [...Object.keys(users), 'gone'], security: ['carol'] },
      users,
    });
    const remarks = [
      'user gone is gone',
      'user leaver is disabled',
      'user lookalike has no e-mail address by which to know them',
      'user silent has no e-mail address by which to know them',
      'user twofold has no e-mail address by which to know them',
    ];
    expect(code).toBe(0);
    expect(stderr.trim().split('\n')).toEqual(remarks.map((remark) => `orders-leads: ${remark}.`));
    const above = remarks.map((remark) => `  # ${remark}\n`).join('');
    expect(await folder.read('directory.groups.yaml')).toContain(
      `${above}  orders-leads:\n    - carol@example.com\n  security:`,
    );
  });
});

describe('a group that is empty or gone', () => {
  it.each<[string, World['groups'], string]>([
    ['gone', { security: ['erin'] }, 'the directory has no group of this name'],
    ['empty', { 'orders-leads': [], security: ['erin'] }, 'the directory has nobody in it'],
  ])(
    'is pinned empty when it is %s: its people lose their say with the next deploy',
    async (_, groups, remark) => {
      await runWith();
      const { code, stdout, stderr } = await runWith({ groups });
      expect(code).toBe(0);
      expect(stdout).toContain('orders-leads: 0 people\n  - bob@example.com\n  - carol@example.com\n');
      expect(stderr).toBe(`orders-leads: ${remark}.\n`);
      const { catalogue, findings } = await configuration();
      expect(catalogue.groups['orders-leads']).toEqual([]);
      const [first = '', ...rest] = findings.map(faultSentence);
      expect(first).toMatch(
        /directory\.groups\.yaml:\d+: groups\.orders-leads is empty: nobody asks or approves by it\.$/,
      );
      expect(rest.join()).toContain('approval[0] wants 1 of the 0 people it names');
    },
  );
});

describe('what the AWS CLI complains of is explained:', () => {
  it.each([
    [
      'An error occurred (ExpiredTokenException) when calling the GetGroupId operation: The security token included in the request is expired',
      'Your AWS credentials have expired: sign in again.',
    ],
    [
      'Error when retrieving token from sso: Token has expired and refresh failed',
      'Your AWS credentials have expired: sign in again.',
    ],
    [
      'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.',
      'Your AWS credentials have expired: sign in again.',
    ],
    [
      'Unable to locate credentials. You can configure credentials by running "aws configure".',
      'The AWS CLI finds no credentials: sign in, or set AWS_PROFILE.',
    ],
    [
      'The config profile (audit) could not be found',
      'The AWS CLI knows no profile of the name in AWS_PROFILE.',
    ],
    [
      'An error occurred (AccessDeniedException) when calling the GetGroupId operation: User: arn:aws:sts::999988887777:assumed-role/ci/ci is not authorized to perform: identitystore:GetGroupId',
      'Your AWS credentials may not read the identity store: they need identitystore:GetGroupId, ListGroupMemberships and DescribeUser, in an account that IAM Identity Center lets read it.',
    ],
    [
      'An error occurred (ThrottlingException) when calling the DescribeUser operation (reached max retries: 4): Rate exceeded',
      'The identity store answers no more for now (throttled): try again in a minute.',
    ],
    ['Could not connect to the endpoint URL', 'The AWS CLI failed.'],
  ])('%s', (stderr, sentence) => {
    const failure = { code: 255, message: 'Command failed', stderr: `\n${stderr}\n` };
    expect(sentenceOf(failure)).toBe(`${sentence}\naws: ${stderr}`);
    expect(isNotFound(failure)).toBe(false);
  });
});

describe('npm run groups says what is wrong and writes nothing when', () => {
  it.each([
    [
      'the credentials have expired',
      'An error occurred (ExpiredTokenException) when calling the GetGroupId operation: The security token included in the request is expired',
      'Your AWS credentials have expired: sign in again.',
    ],
    [
      'the store is not there, for its groups must not pass for gone',
      'An error occurred (ResourceNotFoundException) when calling the GetGroupId operation: IdentityStore not present for IdentityStoreId: d-1234567890',
      'There is no such identity store in that region: groups.identityStoreId and groups.region of the settings name it.',
    ],
  ])('%s', async (_, failure, sentence) => {
    expect(await runWith({ failure }, folder.runProcess)).toEqual({
      code: 1,
      stdout: '',
      stderr: `${sentence}\naws: ${failure}\n`,
    });
    await expect(written()).rejects.toThrow('ENOENT');
  });

  it('the AWS CLI is not there', async () => {
    const { code, stderr } = await folder.runProcess({ PATH: '/nowhere' });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'The AWS CLI (aws) is not installed, or not on PATH.\n',
    });
  });

  it('the AWS CLI answers what nobody understands', async () => {
    await folder.installAws('#!/bin/sh\necho \'{"Group": 1}\'\n');
    expect(await folder.run()).toEqual({
      code: 1,
      stdout: '',
      stderr: 'aws identitystore get-group-id answered something unexpected.\n',
    });
  });

  it('the catalogue has a fault, for a group could be hidden by it', async () => {
    await folder.write(
      'catalogue.yaml',
      (await folder.read('catalogue.yaml')).replace('count: 1', 'count: 0'),
    );
    const { code, stderr } = await runWith();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^catalogue\.yaml:\d+: entitlements\.orders-read\.approval\[0\]\.count must be at least 1\.$/m,
    );
  });

  it('the settings name no directory', async () => {
    const settings = await folder.read('countersign.config.yaml');
    await folder.write(
      'countersign.config.yaml',
      settings.replace(/^groups: .*$/m, 'groups: { source: catalogue }'),
    );
    const { code, stderr } = await runWith();
    expect(code).toBe(1);
    expect(stderr).toContain('The settings name no directory: groups.source is catalogue.');
  });
});

describe('a deployment with groups of a directory is refused when', () => {
  it('nobody has read them', async () => {
    await expect(configuration()).rejects.toThrow(
      /directory\.groups\.yaml does not exist\.\nThis file is written by npm run groups\./,
    );
  });

  it('they are those of another store', async () => {
    await runWith();
    const text = await folder.read('directory.groups.yaml');
    await folder.write('directory.groups.yaml', text.replace('d-1234567890', 'd-0987654321'));
    await expect(configuration()).rejects.toThrow(
      /directory\.groups\.yaml:4: identityStore must be d-1234567890, as the settings say\./,
    );
  });

  it('the catalogue names a group that has not been read', async () => {
    await runWith();
    const catalogue = await folder.read('catalogue.yaml');
    await folder.write(
      'catalogue.yaml',
      catalogue.replace(
        'groups: [orders-leads] } }\n    escalation',
        'groups: [payments-leads] } }\n    escalation',
      ),
    );
    await expect(configuration()).rejects.toThrow(
      /entitlements\.orders-read\.approval names a group that does not exist: payments-leads\.\nGroups that .* come from directory\.groups\.yaml: npm run groups\./,
    );
  });

  it('somebody has written what is no address into the file', async () => {
    await runWith();
    const text = await folder.read('directory.groups.yaml');
    await folder.write('directory.groups.yaml', text.replace('bob@example.com', 'bob'));
    await expect(configuration()).rejects.toThrow(
      /directory\.groups\.yaml:\d+: groups\.orders-leads\[0\] must be an e-mail address\./,
    );
  });
});
