import { addSeconds } from '#domain/instant.ts';
import { organisation } from '../organisation.ts';
import { type Activity, callerIn, callsBy, roleIn, somewhere } from './activity.ts';
import { aCaller, apiRecord, serviceCaller } from './apiRecord.ts';
import { type Identity, iamUser, root, sessionOf } from './identities.ts';
import { acrossAccounts, assumption, refusedAssumption } from './issuingCalls.ts';

const { accounts, regions, users, people, roles, permissionSets } = organisation;

export const userByKey: Activity = (random, at, busy) => {
  const place = somewhere(random);
  const mfa = random.chance(0.3);
  const identity = iamUser(random, { account: place.account, name: random.pick(users), at, mfa });
  return callsBy(random, aCaller(random, identity, place), { at, most: 25 * busy });
};

export const roleByUser: Activity = (random, at, busy) => {
  const place = somewhere(random);
  const name = random.pick(users);
  const roleArn = roleIn(place.account, random.pick(roles));
  const user = aCaller(random, iamUser(random, { account: place.account, name, at }), place);
  const session = sessionOf(random, { roleArn, name, at });
  const refusals = random.chance(0.15) ? random.whole(1, 3) : 0;
  return [
    ...Array.from({ length: refusals }, (_, index) =>
      refusedAssumption(random, user, addSeconds(at, index - 4), roleArn),
    ),
    assumption(random, user, { at, session }),
    ...callsBy(random, callerIn(random, session, place.region), { at, most: 40 * busy }),
  ];
};

export const roleAcrossAccounts: Activity = (random, at, busy) => {
  const region = random.pick(regions);
  const name = random.pick(users);
  const identity = iamUser(random, { account: accounts.management, name, at });
  const user = aCaller(random, identity, { account: accounts.management, region });
  const owner = random.pick([accounts.production, accounts.staging]);
  const first = sessionOf(random, { roleArn: roleIn(owner, random.pick(roles)), name, at });
  const began = acrossAccounts(random, user, { at, session: first });
  if (random.chance(0.6))
    return [...began, ...callsBy(random, callerIn(random, first, region), { at, most: 30 * busy })];
  const later = addSeconds(at, 30);
  const second = sessionOf(random, {
    roleArn: roleIn(owner, 'data/orders-steward'),
    name: `${name}-data`,
    at: later,
  });
  return [
    ...began,
    assumption(random, callerIn(random, first, region), { at: later, session: second, duration: 900 }),
    ...callsBy(random, callerIn(random, second, region), { at: later, most: 20 * busy }),
  ];
};

export const consoleSwitch: Activity = (random, at, busy) => {
  const name = random.pick(users);
  const account = accounts.management;
  const region = 'us-east-1';
  const { accessKeyId: _, ...identity } = iamUser(random, { account, name, at });
  const user = aCaller(random, identity, { account, region });
  const signIn = apiRecord(random, user, {
    at,
    source: 'signin.amazonaws.com',
    name: 'ConsoleLogin',
    fields: {
      readOnly: false,
      eventType: 'AwsConsoleSignIn',
      responseElements: { ConsoleLogin: 'Success' },
      additionalEventData: {
        LoginTo: 'https://console.aws.amazon.com/console/home',
        MobileVersion: 'No',
        MFAUsed: 'Yes',
      },
    },
  });
  const switched = addSeconds(at, random.whole(20, 200));
  const session = sessionOf(random, { roleArn: roleIn(accounts.staging, 'developer'), name, at: switched });
  const { accessKeyId: __, ...switching } = session.identity;
  const switchRole = apiRecord(random, aCaller(random, switching, { account: accounts.staging, region }), {
    at: switched,
    source: 'signin.amazonaws.com',
    name: 'SwitchRole',
    fields: {
      readOnly: false,
      eventType: 'AwsConsoleSignIn',
      responseElements: { SwitchRole: 'Success' },
      additionalEventData: {
        SwitchFrom: identity.arn,
        RedirectTo: 'https://console.aws.amazon.com/console/home',
      },
    },
  });
  return [
    signIn,
    switchRole,
    ...callsBy(random, callerIn(random, session, region), { at: switched, most: 20 * busy }),
  ];
};

export const failedSignIn: Activity = (random, at) => {
  const place = { account: accounts.management, region: 'us-east-1' };
  const { accessKeyId: _, ...identity } = iamUser(random, {
    account: place.account,
    name: random.pick(users),
    at,
  });
  return [
    apiRecord(random, aCaller(random, identity, place), {
      at,
      source: 'signin.amazonaws.com',
      name: 'ConsoleLogin',
      fields: {
        readOnly: false,
        eventType: 'AwsConsoleSignIn',
        errorMessage: 'Failed authentication',
        responseElements: { ConsoleLogin: 'Failure' },
        additionalEventData: {
          LoginTo: 'https://console.aws.amazon.com/',
          MobileVersion: 'No',
          MFAUsed: 'No',
        },
      },
    }),
  ];
};

export const identityCenter: Activity = (random, at, busy) => {
  const account = random.pick([accounts.production, accounts.staging]);
  const region = random.pick(regions);
  const person = random.pick(people);
  const roleArn = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_${random.pick(permissionSets)}`;
  const onBehalfOf = {
    userId: `9067${random.fork(`user ${person}`).text(8, '0123456789abcdef')}-${random.fork(`more ${person}`).uuid()}`,
    identityStoreArn: `arn:aws:identitystore::${accounts.management}:identitystore/d-9067f0a1b2`,
  };
  const session = sessionOf(random, { roleArn, name: person, at, extra: { onBehalfOf } });
  const saml: Identity = {
    type: 'SAMLUser',
    principalId: `${random.text(28, 'abcdef0123456789')}=:${person}`,
    userName: person,
    identityProvider: `${random.text(28, 'abcdef0123456789')}=`,
  };
  const signIn = serviceCaller(saml, { account, region }, 'sso.amazonaws.com');
  return [
    assumption(random, signIn, {
      at,
      session: { ...session, accessKeyId: random.keyId('ASIA') },
      duration: 28_800,
      name: 'AssumeRoleWithSAML',
      request: {
        principalArn: `arn:aws:iam::${account}:saml-provider/AWSSSO_4b1d2c3e5f607182_DO_NOT_DELETE`,
        sAMLAssertionID: `_${random.uuid()}`,
      },
    }),
    ...callsBy(random, callerIn(random, session, region), { at, most: 40 * busy }),
  ];
};

export const rootUser: Activity = (random, at, busy) => {
  const place = { account: accounts.management, region: 'us-east-1' };
  return callsBy(random, aCaller(random, root(place.account, at), place), { at, most: 3 * busy });
};
