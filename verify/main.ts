import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ulid } from 'ulid';
import { awsCli } from './awsCli.ts';
import { awsClockOffset } from './awsClock.ts';
import { CannotTell } from './check.ts';
import { type Choice, chosenChecks } from './checks.ts';
import { clientsWith } from './clients.ts';
import { showProgress } from './progress.ts';
import { createRemovals } from './removals.ts';
import { exitCodeOf, runChecks } from './run.ts';
import { tableOf } from './table.ts';
import { policyMaker, roleMaker } from './temporaryRoles.ts';
import type { TestAccount } from './testAccount.ts';
import { whyNotHere } from './whyNotHere.ts';

const usage = `Checks once, on a real account, what Countersign relies on and no test on this machine can show.

  npm run verify:aws -- [options]

  --yes              do it: make roles, rules, a queue, a table, a function and a state machine named
                     countersign-verify-*, and remove them again
  --sender ADDRESS   also check mail, from an address that SES has verified
  --sts-rate         also check how many calls STS takes at once
  --help             this text

Credentials and region are those that the AWS CLI would use (AWS_PROFILE, AWS_REGION …): an administrator of a test
account. Does nothing in one that holds Countersign, is a target, or manages an organization. Answers 0 when all is as
expected, 1 when something differs, 2 when something could not be told.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(commandLine: string[]): Promise<number> {
  const options = parsed(commandLine);
  if (typeof options === 'string') return complain(`${options}\n\n${usage}`);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const here = await whereabouts();
  if (typeof here === 'string') return complain(`${here}\n`);
  process.stderr.write(`Account ${here.account}, region ${here.region}, as ${here.caller}.\n`);
  const { sts } = clientsWith({ region: here.region });
  const refusal = await whyNotHere(
    here.account,
    awsCli(here.region, () => sts.config.credentials()),
  );
  if (refusal !== undefined) return complain(`${refusal}\nRun this in a test account.\n`);
  if (!options.yes)
    return complain(
      'Nothing was done. With --yes this makes roles and other things there, and removes them again.\n',
    );
  return verify(here, options);
}

interface Options extends Choice {
  help: boolean;
  yes: boolean;
}

/** The options, or a sentence that says what is wrong with them. */
function parsed(commandLine: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: commandLine,
      options: {
        yes: { type: 'boolean', default: false },
        sender: { type: 'string' },
        'sts-rate': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { help: values.help, yes: values.yes, sender: values.sender, stsRate: values['sts-rate'] };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Whereabouts {
  account: string;
  caller: string;
  region: string;
}

/** Where the caller's credentials lead, or why they do not. */
async function whereabouts(): Promise<Whereabouts | string> {
  try {
    const { sts } = clientsWith({});
    const region = await sts.config.region();
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return { account: Account ?? '', caller: Arn ?? '', region };
  } catch (error) {
    return `AWS cannot be reached as anybody: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function verify(here: Whereabouts, options: Options): Promise<number> {
  const account = await testAccount(here, interruption());
  const { checks, leftOut } = chosenChecks(options);
  const progress = showProgress(checks.length, process.stderr);
  const results = await runChecks(checks, account, progress.onResult);
  progress.stop();
  const left = await account.removals.removeAll();
  process.stdout.write(`${tableOf(results, process.stdout).join('\n')}\n`);
  if (leftOut.length > 0) process.stderr.write(`Left out: ${leftOut.join('; ')}.\n`);
  if (left.length > 0)
    process.stderr.write(`Could not be removed:\n${left.map((line) => `  ${line}\n`).join('')}`);
  return left.length > 0 ? 2 : exitCodeOf(results);
}

/** The first signal ends the checks. What was made goes away all the same, however often somebody asks again. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (interrupted.signal.aborted)
        process.stderr.write('Cleaning up is under way: what was made is being removed.\n');
      interrupted.abort();
    });
  return interrupted.signal;
}

async function testAccount({ account, region }: Whereabouts, interrupted: AbortSignal): Promise<TestAccount> {
  const clients = clientsWith({ region });
  const offset = await awsClockOffset(clients.sts);
  const run = ulid().slice(-8).toLowerCase();
  const nameOf = (name: string) => `countersign-verify-${run}-${name}`;
  const removals = createRemovals();
  const workshop = { account, iam: clients.iam, nameOf, removals };
  return {
    account,
    region,
    clients,
    clientsAs: (credentials, elsewhere = region) => clientsWith({ region: elsewhere, credentials }),
    cli: awsCli(region, () => clients.sts.config.credentials()),
    nameOf,
    makeRole: roleMaker(workshop),
    makePolicy: policyMaker(workshop),
    removals,
    now: () => Date.now() + offset,
    pause: (milliseconds) =>
      setTimeout(milliseconds, undefined, { signal: interrupted }).catch(() => {
        throw new CannotTell('Interrupted.');
      }),
  };
}

function complain(text: string): 2 {
  process.stderr.write(text);
  return 2;
}
