import type { Instant } from '#domain/instant.ts';
import { callerIdentityOf } from './callerIdentity.ts';
import { type Fields, fieldsOf, isFields, textOf } from './fields.ts';
import type { KeptEvent } from './keptEvent.ts';
import { messageWithoutSecrets, withoutSecrets } from './withoutSecrets.ts';

/** Calls that issue credentials or sign somebody in, by service. */
const issuing: Readonly<Record<string, RegExp>> = {
  'sts.amazonaws.com': /^(Assume|GetFederationToken$|GetSessionToken$|GetDelegatedAccessToken$)/,
  'signin.amazonaws.com':
    /^(ConsoleLogin|SwitchRole|ExitRole|RenewRole|GetSigninToken|AssumeRole|UserAuthentication|CredentialVerification|ExternalIdPDirectoryLogin|CreateOAuth2Token)/,
  'sso.amazonaws.com': /^(Federate|GetRoleCredentials|Authenticate|CreateToken)/,
  'sso-oidc.amazonaws.com': /^CreateToken/,
  'sso-oauth.amazonaws.com': /^CreateToken/,
  'rolesanywhere.amazonaws.com': /^CreateSession$/,
  'cognito-identity.amazonaws.com': /^GetCredentialsForIdentity$/,
};

/** Changes of what records or watches an account, by service: of any trail, not only of Countersign's. */
const guarding: Readonly<Record<string, RegExp>> = {
  'cloudtrail.amazonaws.com':
    /^(StopLogging|StartLogging|(Create|Update|Delete)Trail|PutEventSelectors|PutInsightSelectors|PutEventConfiguration|(Put|Delete)ResourcePolicy|(Delete|Update|Stop)EventDataStore|StopEventDataStoreIngestion|(De)?[Rr]egisterOrganizationDelegatedAdmin)/,
  's3.amazonaws.com':
    /^((Put|Delete)Bucket(Policy|Lifecycle|LifecycleConfiguration|Versioning|ObjectLockConfiguration|Encryption|Acl|Replication|PublicAccessBlock|OwnershipControls|Logging|Notification)$|DeleteBucket$|PutObjectLockConfiguration$|(Put|Delete)PublicAccessBlock$|DeleteAccountPublicAccessBlock$)/,
  'kms.amazonaws.com':
    /^(ScheduleKeyDeletion|DisableKey|PutKeyPolicy|CreateGrant|DeleteImportedKeyMaterial)$/,
  'organizations.amazonaws.com':
    /^(LeaveOrganization|RemoveAccountFromOrganization|DisableAWSServiceAccess|DisablePolicyType|DetachPolicy|DeletePolicy|UpdatePolicy|(De)?[Rr]egisterDelegatedAdministrator)$/,
  'guardduty.amazonaws.com':
    /^(DeleteDetector|UpdateDetector|StopMonitoringMembers|DisassociateMembers|DisassociateFrom.*|DeleteMembers)$/,
  'config.amazonaws.com': /^(StopConfigurationRecorder|DeleteConfigurationRecorder|DeleteDeliveryChannel)$/,
  'securityhub.amazonaws.com': /^(DisableSecurityHub|Disassociate.*)$/,
  'access-analyzer.amazonaws.com': /^DeleteAnalyzer$/,
};

/** What is of interest in a kind of call: all of it, its changes, or only what names Countersign or gives credentials. */
export type Interest = 'all' | 'changes' | 'mentions';

export function interestIn(source: string, name: string): Interest {
  if (own(issuing, source)?.test(name)) return 'all';
  return own(guarding, source)?.test(name) ? 'changes' : 'mentions';
}

const own = (table: Readonly<Record<string, RegExp>>, key: string): RegExp | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/**
 * Whether the review looks into an event: it issues credentials or tries to, changes what records an account, or changes
 * something and names Countersign. Not kept are the calls that Countersign's own sessions make to its table: there are
 * as many as of all the rest.
 */
export function isKept(record: Fields, interest: Interest, isManaged: boolean): boolean {
  if (interest === 'all' || givesCredentials(record.responseElements)) return true;
  if (record.readOnly === true) return false;
  if (interest === 'changes') return true;
  if (isManaged && record.eventSource === 'dynamodb.amazonaws.com' && record.managementEvent === false)
    return false;
  return (
    isLeftOut(record.requestParameters) ||
    mentionsUs(record.requestParameters) ||
    mentionsUs(record.resources) ||
    mentionsUs(record.errorMessage)
  );
}

/**
 * Whether CloudTrail left parameters out of a record because they are longer than 100 KB, so that nothing tells what they named. IAM takes
 * white space in a policy to that length.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html (requestParameters)
 */
export const isLeftOut = (parameters: unknown): boolean =>
  isFields(parameters) && parameters.omitted === true;

const givesCredentials = (response: unknown): boolean =>
  isFields(response) &&
  isFields(response.credentials) &&
  textOf(response.credentials.accessKeyId) !== undefined;

const ourName = /countersign/i;

/** The same of a record's JSON, escapes aside: those are for `isKept` to look at. */
export const mayMention = /countersign|omitted"|\\u/i;
export const mayGiveCredentials = /"credentials"|\\u/;

/** No parameters of AWS are nested more deeply. What is counts as a mention: somebody may be hiding it. */
const deepestMention = 64;

/** Whether a text within a value has the name. */
function mentionsUs(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return ourName.test(value);
  if (typeof value !== 'object' || value === null) return false;
  if (depth === deepestMention) return true;
  for (const inner of Object.values(value)) if (mentionsUs(inner, depth + 1)) return true;
  return false;
}

/** What is kept of an event, which is all but where it was found. */
export type KeptContent = Omit<KeptEvent, 'file'>;

/** The event as it is kept: without secrets, of bounded size. */
export function keptContentOf(record: Fields, { at, id }: { at: Instant; id: string }): KeptContent {
  const caller = fieldsOf(record.userIdentity);
  return {
    id,
    at,
    account: textOf(record.recipientAccountId) ?? textOf(caller?.accountId) ?? '',
    region: textOf(record.awsRegion) ?? '',
    source: textOf(record.eventSource) ?? '',
    name: textOf(record.eventName) ?? '',
    caller: callerIdentityOf(caller),
    sourceIp: textOf(record.sourceIPAddress),
    errorCode: textOf(record.errorCode),
    errorMessage: textOf(messageWithoutSecrets(record.errorMessage)),
    readOnly: typeof record.readOnly === 'boolean' ? record.readOnly : undefined,
    sharedEventId: textOf(record.sharedEventID),
    request: contentOf(record.requestParameters),
    response: contentOf(record.responseElements),
    additional: contentOf(record.additionalEventData),
    resources: arnsOf(record.resources),
  };
}

const contentOf = (value: unknown): unknown =>
  value === null || value === undefined ? undefined : withoutSecrets(value);

const mostResources = 256;

/** ARNs of `resources`; EventBridge's and some older records write the key in lower case. */
export const arnsOf = (resources: unknown): string[] =>
  Array.isArray(resources)
    ? resources.slice(0, mostResources).flatMap((resource: unknown) => {
        const arn = isFields(resource) ? (textOf(resource.ARN) ?? textOf(resource.arn)) : undefined;
        return arn === undefined ? [] : [arn];
      })
    : [];
