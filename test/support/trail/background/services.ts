import { organisation } from '../organisation.ts';
import { type Activity, callerIn, callsBy, roleIn, somewhere } from './activity.ts';
import { aCaller, apiRecord, serviceCaller, someCall } from './apiRecord.ts';
import { awsService, type Identity, iamUser, sessionOf } from './identities.ts';
import { assumption } from './issuingCalls.ts';

const { users, serviceRoles } = organisation;

export const webIdentity: Activity = (random, at, busy) => {
  const place = somewhere(random);
  const subject = 'repo:example/orders:ref:refs/heads/main';
  const provider = `arn:aws:iam::${place.account}:oidc-provider/token.actions.githubusercontent.com`;
  const identity: Identity = {
    type: 'WebIdentityUser',
    principalId: `${provider}:sts.amazonaws.com:${subject}`,
    userName: subject,
    identityProvider: provider,
  };
  const session = sessionOf(random, {
    roleArn: roleIn(place.account, 'terraform'),
    name: 'GitHubActions',
    at,
  });
  return [
    assumption(random, aCaller(random, identity, place), { at, session, name: 'AssumeRoleWithWebIdentity' }),
    ...callsBy(random, callerIn(random, session, place.region), { at, most: 40 * busy }),
  ];
};

export const serviceWork: Activity = (random, at, busy) => {
  const place = somewhere(random);
  const [service, role, name] = random.pick([
    ['lambda.amazonaws.com', serviceRoles.lambda, serviceRoles.lambda],
    ['ec2.amazonaws.com', serviceRoles.ec2, `i-0${random.text(16, '0123456789abcdef')}`],
    ['ecs-tasks.amazonaws.com', serviceRoles.ecs, random.text(32, '0123456789abcdef')],
  ] as const);
  const session = sessionOf(random, { roleArn: roleIn(place.account, role), name, at });
  return [
    assumption(random, serviceCaller(awsService(service), place, service), {
      at,
      session,
      duration: 21_600,
      withoutUser: true,
      fields: { sharedEventID: random.uuid() },
    }),
    ...callsBy(random, callerIn(random, session, place.region), { at, most: 40 * busy }),
  ];
};

export const serviceLinked: Activity = (random, at, busy) => {
  const place = somewhere(random);
  const [service, name] = random.pick([
    ['autoscaling.amazonaws.com', 'AWSServiceRoleForAutoScaling'],
    ['config.amazonaws.com', 'AWSServiceRoleForConfig'],
  ] as const);
  const session = sessionOf(random, {
    roleArn: `arn:aws:iam::${place.account}:role/aws-service-role/${service}/${name}`,
    name: name.replace('AWSServiceRoleFor', ''),
    at,
    extra: { invokedBy: service },
  });
  return callsBy(random, serviceCaller(session.identity, place, service), { at, most: 10 * busy });
};

export const serviceEvent: Activity = (random, at) => {
  const place = somewhere(random);
  const identity = random.chance(0.5) ? { accountId: place.account, invokedBy: 'AWS Internal' } : null;
  const caller = { ...serviceCaller({}, place, 'AWS Internal'), identity: identity as unknown as Identity };
  return [
    apiRecord(random, caller, {
      at,
      source: 'kms.amazonaws.com',
      name: 'RotateKey',
      fields: {
        eventType: 'AwsServiceEvent',
        requestID: undefined,
        tlsDetails: undefined,
        serviceEventDetails: { keyId: '5d0b9a2f-86a1-4c6c-9f0c-1c1b7b6f2d11', rotationType: 'AUTOMATIC' },
      },
    }),
  ];
};

export const updatedEvent: Activity = (random, at) => {
  const place = somewhere(random);
  const user = aCaller(
    random,
    iamUser(random, { account: place.account, name: random.pick(users), at }),
    place,
  );
  const first = someCall(random, user, at);
  const addendum = {
    reason: 'UPDATED_DATA',
    updatedFields: 'additionalEventData',
    originalRequestID: first.requestID,
    originalEventID: first.eventID,
  };
  const updated = {
    ...first,
    eventID: random.uuid(),
    additionalEventData: { vpcEndpointId: 'vpce-0a1b2c3d' },
    addendum,
  };
  return [first, updated];
};
