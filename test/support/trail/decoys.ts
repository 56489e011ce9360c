import { addSeconds, type Instant } from '#domain/instant.ts';
import { callRecord } from '../../review/records.ts';
import { aCaller, apiRecord, type Event, type Place, serviceCaller } from './background/apiRecord.ts';
import { awsService, iamUser } from './background/identities.ts';
import { functionAt } from './countersign/installation.ts';
import { activeStory } from './countersign/stories/beginnings.ts';
import { runOut } from './countersign/story.ts';
import { organisation } from './organisation.ts';
import { installationAt, sometime, type World } from './world.ts';

/** What looks wrong beside the requests, and is right. */
export async function addDecoys(world: World): Promise<void> {
  await signInWithSession(world);
  const { access, production } = organisation.accounts;
  const region = 'us-east-1';
  const place = { account: access, region };
  byPerson(world, { account: production, region }, aboutCountersign);
  byPerson(world, place, readingPolicies);
  byService(world, place, deliveryOfLogs(access));
  grantOfKey(world);
}

type Change = Omit<Event, 'at'>;

const dataEvent = { managementEvent: false, eventCategory: 'Data', readOnly: false };

/** A document that has the name in its own. */
const aboutCountersign: Change = {
  source: 's3.amazonaws.com',
  name: 'PutObject',
  fields: {
    ...dataEvent,
    requestParameters: { bucketName: 'orders-web-assets', key: 'handbook/countersign-how-to.pdf' },
    resources: [
      { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::orders-web-assets/handbook/countersign-how-to.pdf' },
    ],
  },
};

/** An auditor looks at a role; nothing changes. */
const readingPolicies: Change = {
  source: 'iam.amazonaws.com',
  name: 'GetRolePolicy',
  fields: { requestParameters: { roleName: 'countersign-notary', policyName: 'own' } },
};

/** CloudTrail writes what all this is read from. */
const deliveryOfLogs = (account: string): Change => ({
  source: 's3.amazonaws.com',
  name: 'PutObject',
  fields: {
    ...dataEvent,
    requestParameters: {
      bucketName: `countersign-trail-${account}`,
      key: `AWSLogs/${account}/CloudTrail/us-east-1/2026/11/17/${account}_CloudTrail_us-east-1_20261117T0005Z_a.json.gz`,
    },
  },
});

function byPerson(world: World, place: Place, change: Change): void {
  const { random, extra } = world;
  const at = sometime(world);
  const identity = iamUser(random, { account: place.account, name: 'heidi', at });
  extra.push(apiRecord(random, aCaller(random, identity, place), { ...change, at }));
}

function byService(world: World, place: Place, change: Change): void {
  const { random, extra } = world;
  const service = 'cloudtrail.amazonaws.com';
  const caller = serviceCaller(awsService(service), place, service);
  extra.push(apiRecord(random, caller, { ...change, at: sometime(world) }));
}

/** A session signs in to the console: its calls there go by another key, and by the time when it was made. */
async function signInWithSession(world: World): Promise<void> {
  const at = sometime(world);
  const story = await activeStory(installationAt(world, at), at);
  const [issued] = story.sessions;
  if (!issued) throw new RangeError('There is no session to sign in with.');
  const inConsole = { ...issued.as, accessKeyId: world.random.keyId('ASIA') };
  const call = (at: Instant) => callRecord({ at, session: inConsole }, { eventID: world.random.uuid() });
  story.calls.push(
    call(addSeconds(issued.session.issuedAt, 90)),
    call(addSeconds(issued.session.issuedAt, 140)),
  );
  await runOut(story);
}

/** DynamoDB has the key of the table granted to itself, in the name of a function that reads it. */
function grantOfKey(world: World): void {
  const { installation, random, extra } = world;
  const at = sometime(world);
  const session = functionAt(installation, 'requests', at);
  const granted = callRecord(
    { at, session },
    {
      eventSource: 'kms.amazonaws.com',
      eventName: 'CreateGrant',
      eventID: random.uuid(),
      readOnly: false,
      requestParameters: {
        keyId: `arn:aws:kms:us-east-1:${installation.account}:key/0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f`,
        granteePrincipal: 'dynamodb.us-east-1.amazonaws.com',
        operations: ['Decrypt', 'GenerateDataKey'],
      },
      resources: undefined,
      sourceIPAddress: 'dynamodb.amazonaws.com',
      managementEvent: true,
      eventCategory: 'Management',
    },
  );
  granted.userIdentity.invokedBy = 'dynamodb.amazonaws.com';
  extra.push(granted);
}
