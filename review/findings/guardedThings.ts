import { fieldsOf } from '../reader/fields.ts';
import type { KeptEvent } from '../reader/keptEvent.ts';
import { isLeftOut } from '../reader/keptEvents.ts';
import { thingIn } from '../reader/withoutSecrets.ts';
import { rememberedOf } from '../sessions/remembered.ts';
import { isDeployment } from './deployers.ts';
import type { Material } from './finding.ts';
import { ownRoleOf, serviceAccountsOf } from './managedRoles.ts';

/** A change of what guards Countersign or a trail, made or tried by somebody who does not deploy it. */
export interface Meddling {
  event: KeptEvent;
  /** What was changed: a role, a policy, a trail, a bucket … */
  thing: string;
}

/** All such changes, whether they succeeded or not; of two copies of one call across accounts the first. */
export const meddlingIn = rememberedOf((material: Material): Meddling[] => {
  const services = serviceAccountsOf(material);
  const buckets = trailBucketsIn(material);
  const seen = new Set<string>();
  return material.trail.kept.flatMap((event) => {
    const { caller, sharedEventId, readOnly, name } = event;
    if (readOnly === true || isAwsItself(event) || isDeployment(event, material)) return [];
    if (ownRoleOf(caller, services) !== undefined && isOwnWork(event)) return [];
    const thing = guardedBy(event, { services, buckets });
    if (thing === undefined) return [];
    // Exports that mask ids have one for all calls.
    const call = sharedEventId && JSON.stringify([sharedEventId, name, thing]);
    if (call !== undefined && seen.has(call)) return [];
    if (call !== undefined) seen.add(call);
    return [{ event, thing }];
  });
});

interface Surroundings {
  services: ReadonlySet<string>;
  buckets: ReadonlySet<string>;
}

/** What an event changes of what is guarded; undefined where it changes nothing of it. */
function guardedBy(event: KeptEvent, { services, buckets }: Surroundings): string | undefined {
  const { source, name, account } = event;
  if (!watchedServices.has(source)) return undefined;
  const named = namesIn(event).find((text) => isOurs(text, source));
  if (named !== undefined) return named;
  if (isUntold(event) && (source === 'iam.amazonaws.com' || services.has(account)))
    return 'something that is too long for its record';
  const first = nameIn(event) ?? account;
  // Every trail, not only Countersign's own: grants are reviewed by what it records.
  if (source === 'cloudtrail.amazonaws.com') return /^(Create|Start)/.test(name) ? undefined : first;
  if (source === 's3.amazonaws.com') return namesIn(event).find((name) => isTrailBucket(name, buckets));
  // Keys and APIs go by their ids. The service has an account of its own, so any there counts.
  if (/^(kms|apigateway)\./.test(source)) return services.has(account) ? first : undefined;
  // Service control policies go by ids too, and guard every account.
  return source === 'organizations.amazonaws.com' ? first : undefined;
}

const watchedServices = new Set(
  [
    'apigateway',
    'cloudformation',
    'cloudtrail',
    'dynamodb',
    'email',
    'events',
    'iam',
    'kms',
    'lambda',
    'logs',
    'monitoring',
    'organizations',
    's3',
    'ses',
    'sns',
    'sqs',
    'states',
    'wafv2',
  ].map((service) => `${service}.amazonaws.com`),
);

/** Whether a record says nothing of what was changed. Whoever changes one thing by more than 100 KB can have it so. */
const isUntold = ({ request, resources }: KeptEvent): boolean => isLeftOut(request) && resources.length === 0;

/** `countersign-…` in whatever letter case, alone or as the last part of an ARN or path, encoded or not; stacks are called `Countersign…`. */
const isOurs = (text: string, source: string): boolean =>
  source === 'cloudformation.amazonaws.com'
    ? /(?:^|\/)(?:StackSet-)?Countersign/i.test(text)
    : /(?:^|[:/]|%3A|%2F)countersign(?:[-_/:.]|$)/i.test(text);

/** What the console calls the bucket of a trail, and those that trails are known to deliver to. */
const isTrailBucket = (name: string, buckets: ReadonlySet<string>): boolean =>
  buckets.has(name) || /cloudtrail/i.test(name);

/** The buckets that digests lie in, and those that a trail was seen to be given. */
function trailBucketsIn({ trail, integrity }: Pick<Material, 'trail' | 'integrity'>): Set<string> {
  const trails = trail.kept.filter(({ source }) => source === 'cloudtrail.amazonaws.com');
  return new Set([
    ...integrity.chains.flatMap(({ bucket }) => bucket ?? []),
    ...trails.flatMap(({ request }) => textsOf(fieldsOf(request)?.s3BucketName)),
  ]);
}

/** Parts of a request that say what is written, rather than where. */
const contents =
  /document|policy$|template|description|comment|tag|environment|^input$|definition|pattern|^key$|^item$|message|parameters$|expression|^metadata/i;

/**
 * Names and ARNs in a request, and ARNs of the resources beside it: the request's own first. Of S3 the buckets only. Of most refused calls
 * the message alone tells the thing.
 */
function namesIn({ source, request, resources, errorMessage = '' }: KeptEvent): string[] {
  if (source === 's3.amazonaws.com')
    return [...textsOf(fieldsOf(request)?.bucketName), ...resources.flatMap(bucketOf)];
  const collect = (value: unknown, depth: number): string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value !== 'object' || value === null || depth === 0) return [];
    return Object.entries(value)
      .filter(([key]) => !contents.test(key))
      .flatMap(([, inner]) => collect(inner, depth - 1));
  };
  return [...collect(request, 4), ...resources, ...textsOf(thingIn(errorMessage))];
}

/** What trails, keys, APIs and policies go by: what else a request names may be shorter, and so stand before it, or be empty. */
const ownNames = ['trailName', 'keyId', 'restApiId', 'policyId', 'name'];

const nameIn = (event: KeptEvent): string | undefined =>
  [...ownNames.flatMap((key) => textsOf(fieldsOf(event.request)?.[key])), ...namesIn(event)].find(
    (name) => name.trim() !== '',
  );

/** The bucket of an ARN, also of that of an object: what objects are called does not matter. */
const bucketOf = (arn: string): string[] => textsOf(/^arn:[^:]+:s3:::([^/]+)/.exec(arn)?.[1]);

/** AWS at work on its own account: log delivery, key rotation, scaling, Step Functions that runs a step. */
const isAwsItself = ({ caller, source, name }: KeptEvent): boolean =>
  caller.type === 'AWSService' ||
  (caller.type === undefined && caller.arn === undefined) ||
  // Services borrow keys with the rights of their callers. What they change of a key, somebody had them change.
  (source === 'kms.amazonaws.com' && caller.invokedBy !== undefined && borrows.test(name));

const borrows = /^((Create|Retire|Revoke)Grant|Decrypt|(Re)?Encrypt|GenerateDataKey)/;

/** What Countersign's own functions, workflow and revoker do in the course of their work; IAM lets them do nothing else. */
const ownWork: Readonly<Record<string, RegExp>> = {
  'dynamodb.amazonaws.com': /^(UpdateItem|GetItem|BatchGetItem|Query)$/,
  'kms.amazonaws.com': /^(GenerateMac|VerifyMac|Decrypt|GenerateDataKey)$/,
  'states.amazonaws.com': /^(StartExecution|SendTaskSuccess)$/,
  'events.amazonaws.com': /^PutEvents$/,
  'ses.amazonaws.com': /^SendEmail$/,
  'email.amazonaws.com': /^SendEmail$/,
  'lambda.amazonaws.com': /^Invoke/,
  'logs.amazonaws.com': /^(CreateLogStream|PutLogEvents|CreateLogGroup|CreateLogDelivery|UpdateLogDelivery)$/,
  'sqs.amazonaws.com': /^(ReceiveMessage|DeleteMessage|ChangeMessageVisibility)/,
};

function isOwnWork({ source, name, caller, request }: KeptEvent): boolean {
  if (caller.issuerArn?.endsWith(':role/countersign-revoker'))
    return (
      source === 'iam.amazonaws.com' &&
      /^(Create|Delete)PolicyVersion$/.test(name) &&
      /:policy\/countersign-boundary-[^/]+$/.test(String(fieldsOf(request)?.policyArn))
    );
  return Object.hasOwn(ownWork, source) && ownWork[source]?.test(name) === true;
}

const textsOf = (value: unknown): string[] => (typeof value === 'string' ? [value] : []);
