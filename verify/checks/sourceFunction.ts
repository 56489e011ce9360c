import { type Check, type Finding, finding, wentThrough } from '../check.ts';
import { probeFunction } from '../probeFunction.ts';
import { assume } from '../session.ts';
import { listTables } from '../tries.ts';
import { onceKnown, outcomeInAMinute, outcomeOf } from '../waiting.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html */
export const sourceFunction: Check = {
  name: 'A call that a function makes to STS carries lambda:SourceFunctionArn, and no other call of its role does',
  otherwise:
    'The functions could assume no role at all, or whoever passes their role on could use it elsewhere.',
  async run(account) {
    const probe = await probeFunction(account);
    const outside = await onceKnown(account, async () => {
      const clients = account.clientsAs(await assume(account.clients, { RoleArn: probe.role }));
      await listTables(clients);
      return clients;
    });
    return judgeSource({
      inFunction: await outcomeInAMinute(account, () => probe.assume(900)),
      outside: await outcomeOf(assume(outside, { RoleArn: probe.target })),
    });
  },
};

export function judgeSource(outcomes: { inFunction: string; outside: string }): Finding {
  const inFunction = wentThrough('in the function', outcomes.inFunction);
  const outside = wentThrough('outside the function', outcomes.outside);
  return finding(
    inFunction && !outside,
    `in the function: ${inFunction ? 'done' : 'denied'}; under its role elsewhere: ${outside ? 'done' : 'denied'}`,
  );
}
