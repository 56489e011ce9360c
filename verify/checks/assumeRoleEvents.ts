import * as z from 'zod';
import { watching } from '../../infra/constructs/watch.ts';
import { accountRules } from '../../infra/watchRules.ts';
import { CannotTell, type Check, type Finding, finding } from '../check.ts';
import { deployedConfiguration } from '../configuration.ts';
import { makeQueue, makeRule, receive } from '../queue.ts';
import { assume } from '../session.ts';
import { mayListTables, type TestAccount, trustOfAccount } from '../testAccount.ts';
import { onceKnown } from '../waiting.ts';

const messageSchema = z.object({ rule: z.enum(['enabled', 'all']) });
type RuleName = z.infer<typeof messageSchema>['rule'];

/** The call is made again and again: the first ones are before the rules work. */
const patienceSeconds = 600;
/** What one rule has had by now, the other has been passed by. */
const afterFirstSeconds = 120;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html */
export const assumeRoleEvents: Check = {
  name: 'EventBridge delivers AssumeRole to a rule for all management events',
  otherwise: 'Access past Countersign would raise no alarm.',
  async run(account) {
    await refuseWithoutTrail(account);
    const RoleArn = await account.makeRole({
      name: 'watched',
      trust: trustOfAccount(account),
      policy: mayListTables,
    });
    const queue = await makeQueue(account, 'assume-role');
    const pattern = await watchPattern();
    await makeRule(account, queue, { name: 'all', pattern, state: watching, message: { rule: 'all' } });
    await makeRule(account, queue, { name: 'enabled', pattern, message: { rule: 'enabled' } });
    await onceKnown(account, () => assume(account.clients, { RoleArn }));

    const seen = new Set<RuleName>();
    let deadline = account.now() + patienceSeconds * 1_000;
    while (seen.size < 2 && account.now() < deadline) {
      await assume(account.clients, { RoleArn });
      for (const { rule } of await receive(account, queue, messageSchema)) {
        if (seen.size === 0) deadline = account.now() + afterFirstSeconds * 1_000;
        seen.add(rule);
      }
      await account.pause(1_000);
    }
    return judgeDelivery(seen);
  },
};

/** Of the watch itself. It finds every role whose name begins as Countersign's do, those of this run among them. */
async function watchPattern(): Promise<object> {
  const { settings } = await deployedConfiguration();
  const rule = accountRules(settings).find(({ name }) => name === 'assumed');
  if (!rule) throw new CannotTell('The watch has no rule for what is assumed.');
  return rule.pattern;
}

/** Without a trail that logs, EventBridge has nothing to deliver. */
async function refuseWithoutTrail({ cli }: TestAccount): Promise<void> {
  const trails = z.object({ trailList: z.array(z.object({ TrailARN: z.string() })) });
  const { trailList } = await cli(['cloudtrail', 'describe-trails'], trails);
  for (const { TrailARN } of trailList) {
    const words = ['cloudtrail', 'get-trail-status', '--name', TrailARN];
    const { IsLogging } = await cli(words, z.object({ IsLogging: z.boolean() }));
    if (IsLogging) return;
  }
  throw new CannotTell('No trail logs in this account and region: make one, then run this again.');
}

export const judgeDelivery = (seen: ReadonlySet<RuleName>): Finding =>
  finding(
    seen.has('all'),
    `${watching}: ${delivered(seen.has('all'))}; ENABLED: ${delivered(seen.has('enabled'))}`,
  );

const delivered = (arrived: boolean): string => (arrived ? 'delivered' : 'not delivered');
