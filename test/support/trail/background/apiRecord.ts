import type { Instant } from '#domain/instant.ts';
import { organisation } from '../organisation.ts';
import type { Random } from '../random.ts';
import type { TrailRecord } from '../trailRecord.ts';
import { type ApiCall, apiCalls } from './apiCalls.ts';
import type { Identity } from './identities.ts';

export interface Place {
  account: string;
  region: string;
}

export interface Caller extends Place {
  identity: Identity;
  /** What the record shows as the caller's address: of a service, its name. */
  address: string;
  agent: string;
}

const agents = [
  'aws-cli/2.27.41 md/awscrt#0.26.1 ua/2.1 os/macos#24.5.0 md/arch#arm64 lang/python#3.13.4 md/pyimpl#CPython exec-env/none m/N,E,b cfg/retry-mode#standard',
  'Boto3/1.40.3 md/Botocore#1.40.3 ua/2.1 os/linux#6.1.141-155 md/arch#x86_64 lang/python#3.12.10 Botocore/1.40.3',
  'APN/1.0 HashiCorp/1.0 Terraform/1.12.2 (+https://www.terraform.io) terraform-provider-aws/6.4.0 aws-sdk-go-v2/1.36.5 os/linux lang/go#1.24.4',
  'aws-sdk-js/3.1169.0 ua/2.1 os/linux#5.10.238 lang/js md/nodejs#24.21.0 api/dynamodb#3.1169.0 exec-env/AWS_Lambda_nodejs24.x m/E,g',
];

export const aCaller = (random: Random, identity: Identity, place: Place): Caller => ({
  ...place,
  identity,
  address: random.pick(organisation.addresses),
  agent: random.pick(agents),
});

export const serviceCaller = (identity: Identity, place: Place, service: string): Caller => ({
  ...place,
  identity,
  address: service,
  agent: service,
});

export interface Event {
  at: Instant;
  source: string;
  name: string;
  /** What this record has beside or instead of the usual fields; `undefined` leaves one out. */
  fields?: Record<string, unknown>;
}

/** A record with what most of them have. The order of its keys is not always the same, as in real logs. */
export function apiRecord(random: Random, caller: Caller, { at, source, name, fields }: Event): TrailRecord {
  const record = {
    eventVersion: '1.11',
    userIdentity: caller.identity,
    eventTime: at,
    eventSource: source,
    eventName: name,
    awsRegion: caller.region,
    sourceIPAddress: caller.address,
    userAgent: caller.agent,
    requestParameters: null,
    responseElements: null,
    requestID: random.uuid(),
    eventID: random.uuid(),
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: caller.account,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${source.split('.')[0]}.${caller.region}.amazonaws.com`,
    },
    ...fields,
  };
  return random.chance(0.2) ? keysReversed(record) : record;
}

/** A call out of the usual ones; one in twelve fails, half of those for want of permission. */
export function someCall(random: Random, caller: Caller, at: Instant): TrailRecord {
  const call = random.pick(apiCalls);
  const error = random.chance(1 / 12) ? errorOf(random, call, caller) : undefined;
  const resource = call.resource?.(random, caller);
  return apiRecord(random, caller, {
    at,
    source: call.source,
    name: call.name,
    fields: {
      readOnly: call.readOnly,
      requestParameters: call.request(random),
      responseElements: error ? null : (call.response?.(random) ?? null),
      ...(error && { errorCode: error.code, errorMessage: error.message }),
      ...(call.data && { managementEvent: false, eventCategory: 'Data' }),
      ...(resource &&
        !error && {
          resources: [{ accountId: caller.account, type: resource.type, ARN: resource.arn }],
        }),
    },
  });
}

function errorOf(random: Random, call: ApiCall, { identity }: Caller): { code: string; message: string } {
  if (call.error && random.chance(0.5)) return call.error;
  const action = `${call.source.split('.')[0]}:${call.name}`;
  return {
    code: call.source.startsWith('ec2.') ? 'Client.UnauthorizedOperation' : 'AccessDenied',
    message: `User: ${String(identity.arn)} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  };
}

const keysReversed = (record: TrailRecord): TrailRecord =>
  Object.fromEntries(Object.entries(record).reverse()) as TrailRecord;
