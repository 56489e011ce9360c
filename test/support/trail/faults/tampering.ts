import { boundaryPolicy } from '#domain/denyList.ts';
import { addSeconds } from '#domain/instant.ts';
import { type Over, refusedAssumeRoleRecord, targetRole } from '../../../review/records.ts';
import { organisation } from '../organisation.ts';
import { lately } from '../world.ts';
import { type Fault, must } from './fault.ts';
import { intruder, strikes, takesRole } from './intruder.ts';
import { boundary, type Strike, strikesOfAll } from './strikes.ts';

const { production, access } = organisation.accounts;
const struck = (
  { name, account, call: [service, call], request }: Strike,
  { rule = 'tampering', over }: { rule?: string; over?: Over } = {},
): Fault => ({
  name: `An administrator ${name}.`,
  plant(world) {
    const at = lately(world);
    const strike = { at, source: `${service}.amazonaws.com`, name: call, request, ...(over && { over }) };
    const { eventID } = strikes(world, intruder(world, account, at), strike);
    return [must(rule, eventID)];
  },
});

const inVain = (strike: Strike): Fault => {
  const over = {
    errorCode: 'AccessDenied',
    errorMessage: `not authorized to perform: ${strike.call.join(':')}`,
  };
  return struck({ ...strike, name: `${strike.name}, in vain` }, { rule: 'refused-tampering', over });
};

/** Changes of what guards Countersign, the trail and the accounts. */
export const tamperingFaults: readonly Fault[] = [
  ...strikesOfAll.map((strike) => struck(strike)),
  ...strikesOfAll.slice(0, 2).map(inVain),
  struck(
    {
      name: 'switches GuardDuty off',
      account: production,
      call: ['guardduty', 'DeleteDetector'],
      request: { detectorId: '12abc34d567e8fa901bc2d34e56789f0' },
    },
    { rule: 'detection-switched-off' },
  ),
  struck({
    name: 'writes a boundary that denies nobody, between two good versions',
    account: production,
    call: ['iam', 'CreatePolicyVersion'],
    request: { policyArn: boundary, policyDocument: boundaryPolicy({ entries: [] }), setAsDefault: true },
  }),
  struck(
    {
      name: 'writes into the request table',
      account: access,
      call: ['dynamodb', 'UpdateItem'],
      request: {
        tableName: 'countersign',
        key: { pk: 'REQUEST#01M81YE4X65KSGWT8AKTR6PX3B', sk: 'REQUEST' },
      },
    },
    { over: { managementEvent: false, eventCategory: 'Data' } },
  ),
  {
    name: 'Somebody takes the role that CloudFormation deploys with, and changes the trust of a managed role by hand.',
    plant(world) {
      const at = lately(world);
      const { session } = takesRole(world, intruder(world, production, at), {
        at,
        roleArn: `arn:aws:iam::${production}:role/cdk-hnb659fds-cfn-exec-role-${production}-us-east-1`,
        sessionName: 'mallory',
      });
      const { eventID } = strikes(world, session, {
        at: addSeconds(at, 30),
        source: 'iam.amazonaws.com',
        name: 'UpdateAssumeRolePolicy',
        request: { roleName: 'countersign-orders-admin', policyDocument: '{}' },
      });
      return [must('tampering', eventID)];
    },
  },
  struck({
    name: 'updates the stack of Countersign by hand',
    account: access,
    call: ['cloudformation', 'UpdateStack'],
    request: {
      stackName: 'CountersignService',
      templateURL: 'https://s3.amazonaws.com/evil/template.json',
    },
  }),
  struck({
    name: 'schedules a key of the service account for deletion, by its id',
    account: access,
    call: ['kms', 'ScheduleKeyDeletion'],
    request: { keyId: '7f2d1c40-0f0b-4d7e-9c0e-5a2c3b4d5e6f', pendingWindowInDays: 7 },
  }),
  {
    name: 'An administrator tries in vain to assume a managed role.',
    plant(world) {
      const at = lately(world);
      const caller = intruder(world, production, at);
      const refused = refusedAssumeRoleRecord(
        { at: addSeconds(at, 1), caller, roleArn: targetRole('orders-admin') },
        { eventID: world.random.uuid() },
      );
      world.extra.push(refused);
      return [must('refused-assume-role', refused.eventID)];
    },
  },
];
