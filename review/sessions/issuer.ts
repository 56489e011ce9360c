import { addSeconds } from '#domain/instant.ts';
import { fieldsOf, textOf } from '../reader/fields.ts';
import type { CallerIdentity } from '../reader/keptEvent.ts';
import type { Issuance, SignIn } from './issuance.ts';
import type { IssuanceIndex } from './issuanceIndex.ts';
import type { ChainLink } from './reviewedSession.ts';
import { identityCenterRole } from './serviceRoles.ts';
import { firstTwo } from './timeOrder.ts';

/** Who made an issuing call. */
export type Issuer = Pick<ChainLink, 'who' | 'kind'>;

/** The caller of an issuing call by the best name there is. Where only the role owner's copy was seen, a console switch may have it. */
export function issuerOf(issuance: Issuance, index: IssuanceIndex): Issuer {
  const { caller } = issuance.event;
  return (
    subjectOf(issuance) ??
    (caller.arn === undefined ? undefined : { who: caller.arn, kind: kindOfArn(caller.arn) }) ??
    switcherTo(issuance, index) ??
    namelessIssuerOf(caller)
  );
}

/** Who switched to a role in the console. */
export const switcherOf = ({ switchedFrom }: SignIn): Issuer | undefined =>
  switchedFrom === undefined ? undefined : { who: switchedFrom, kind: kindOfArn(switchedFrom) };

/** Within so many seconds of the call that it makes for it, the console logs a switch of roles. */
const switchSeconds = 2;

function switcherTo({ event, sessionArn = '' }: Issuance, { switches }: IssuanceIndex): Issuer | undefined {
  const span = { from: event.at, to: addSeconds(event.at, switchSeconds) };
  const [signIn] = firstTwo(switches.get(sessionArn) ?? [], span);
  return signIn && switcherOf(signIn);
}

/**
 * Somebody whom another directory vouches for.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html#STS-API-SAML-WIF
 */
function subjectOf({ event, roleArn = '' }: Issuance): Issuer | undefined {
  const { caller, name } = event;
  const request = fieldsOf(event.request) ?? {};
  const response = fieldsOf(event.response) ?? {};
  if (name === 'AssumeRoleWithSAML' || caller.type === 'SAMLUser') {
    const subject = caller.userName ?? textOf(response.subject) ?? 'unknown';
    if (identityCenterRole.test(roleArn)) return { who: subject, kind: 'identityCenter' };
    return { who: from(subject, textOf(request.principalArn) ?? textOf(response.issuer)), kind: 'saml' };
  }
  if (name === 'AssumeRoleWithWebIdentity' || caller.type === 'WebIdentityUser') {
    const subject = textOf(response.subjectFromWebIdentityToken) ?? caller.userName ?? 'unknown';
    return { who: from(subject, textOf(response.provider)), kind: 'webIdentity' };
  }
  const cognitoIdentity = name === 'GetCredentialsForIdentity' ? textOf(request.identityId) : undefined;
  return cognitoIdentity === undefined ? undefined : { who: cognitoIdentity, kind: 'webIdentity' };
}

const from = (subject: string, provider: string | undefined): string =>
  provider === undefined ? subject : `${subject} of ${provider}`;

/** Services have no ARN, and the role owner's copy of a call from another account does not show the caller's. */
function namelessIssuerOf(caller: CallerIdentity): Issuer {
  const { type, invokedBy, account, principalId, userName, onBehalfOf } = caller;
  const name = userName ?? principalId;
  if (type === 'IdentityCenterUser' && onBehalfOf !== undefined)
    return { who: onBehalfOf, kind: 'identityCenter' };
  if (type === 'AWSAccount' && account !== undefined)
    return { who: name === undefined ? account : from(name, account), kind: 'account' };
  if (invokedBy !== undefined) return { who: invokedBy, kind: 'service' };
  const kind = type === 'Root' ? 'root' : type === 'IAMUser' ? 'user' : 'unknown';
  return { who: name ?? account ?? 'unknown', kind };
}

function kindOfArn(arn: string): ChainLink['kind'] {
  if (arn.includes(':assumed-role/')) return 'role';
  if (/:(user|federated-user)\//.test(arn)) return 'user';
  return arn.endsWith(':root') ? 'root' : 'unknown';
}
