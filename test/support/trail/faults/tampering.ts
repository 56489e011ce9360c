import { boundaryPolicy } from '#domain/denyList.ts';
import { addSeconds } from '#domain/instant.ts';
import { refusedAssumeRoleRecord, targetRole } from '../../../review/records.ts';
import { organisation } from '../organisation.ts';
import { lately } from '../world.ts';
import { type Fault, must } from './fault.ts';
import { intruder, strikes, takesRole } from './intruder.ts';
import { boundary, type Strike, strikesOfAll } from './strikes.ts';

const { production, access } = organisation.accounts;
const tampering = ({ name, account, call: [service, call], request }: Strike): Fault => ({
  name: `An administrator ${name}.`,
  plant(world) {
    const at = lately(world);
    const strike = { at, source: `${service}.amazonaws.com`, name: call, request };
    const { eventID } = strikes(world, intruder(world, account, at), strike);
    return [must('tampering', eventID)];
  },
});

const refusedTampering = ({ name, account, call: [service, call], request }: Strike): Fault => ({
  name: `An administrator ${name}, in vain.`,
  plant(world) {
    const at = lately(world);
    const over = { errorCode: 'AccessDenied', errorMessage: `not authorized to perform: ${service}:${call}` };
    const strike = { at, source: `${service}.amazonaws.com`, name: call, request, over };
    const { eventID } = strikes(world, intruder(world, account, at), strike);
    return [must('refused-tampering', eventID)];
  },
});

/** Changes of what guards Countersign, the trail and the accounts. */
export const tamperingFaults: readonly Fault[] = [
  ...strikesOfAll.map(tampering),
  ...strikesOfAll.slice(0, 2).map(refusedTampering),
  {
    name: 'An administrator switches GuardDuty off.',
    plant(world) {
      const at = lately(world);
      const strike = {
        at,
        source: 'guardduty.amazonaws.com',
        name: 'DeleteDetector',
        request: { detectorId: '12abc34d567e8fa901bc2d34e56789f0' },
      };
      const { eventID } = strikes(world, intruder(world, production, at), strike);
      return [must('detection-switched-off', eventID)];
    },
  },
  {
    name: 'An administrator writes a boundary that denies nobody, between two good versions.',
    plant(world) {
      const at = lately(world);
      const strike = {
        at,
        source: 'iam.amazonaws.com',
        name: 'CreatePolicyVersion',
        request: { policyArn: boundary, policyDocument: boundaryPolicy({ entries: [] }), setAsDefault: true },
      };
      const { eventID } = strikes(world, intruder(world, production, at), strike);
      return [must('tampering', eventID)];
    },
  },
  {
    name: 'An administrator writes into the request table.',
    plant(world) {
      const at = lately(world);
      const { eventID } = strikes(world, intruder(world, access, at), {
        at,
        source: 'dynamodb.amazonaws.com',
        name: 'UpdateItem',
        request: {
          tableName: 'countersign',
          key: { pk: 'REQUEST#01M81YE4X65KSGWT8AKTR6PX3B', sk: 'REQUEST' },
        },
        over: { managementEvent: false, eventCategory: 'Data' },
      });
      return [must('tampering', eventID)];
    },
  },
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
  {
    name: 'Somebody updates the stack of Countersign themselves.',
    plant(world) {
      const at = lately(world);
      const { eventID } = strikes(world, intruder(world, access, at), {
        at,
        source: 'cloudformation.amazonaws.com',
        name: 'UpdateStack',
        request: {
          stackName: 'CountersignService',
          templateURL: 'https://s3.amazonaws.com/evil/template.json',
        },
      });
      return [must('tampering', eventID)];
    },
  },
  {
    name: 'A key of the service account is scheduled for deletion by its id.',
    plant(world) {
      const at = lately(world);
      const { eventID } = strikes(world, intruder(world, access, at), {
        at,
        source: 'kms.amazonaws.com',
        name: 'ScheduleKeyDeletion',
        request: { keyId: '7f2d1c40-0f0b-4d7e-9c0e-5a2c3b4d5e6f', pendingWindowInDays: 7 },
      });
      return [must('tampering', eventID)];
    },
  },
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
