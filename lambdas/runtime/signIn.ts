import {
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { RefusalError, refuse } from '#domain/errors.ts';
import { emailSchema, type Identity } from '#domain/identity.ts';
import type { Issuer } from './config.ts';

/** Who stands behind an `Authorization` header. Throws a `not_signed_in` refusal. */
export type SignIn = (authorization: string | undefined) => Promise<Identity>;

/**
 * Verifies OIDC bearer tokens of the configured issuers: signature, issuer, audience, times, and a verified address for
 * people. Every handler does this itself; the gateway's authorizer only turns strangers away early.
 */
export function signInWith(issuers: readonly Issuer[]): SignIn {
  const trusted = new Map(issuers.map((issuer) => [issuer.issuer, { issuer, keys: keysOf(issuer) }]));
  return async (authorization) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw notSignedIn('Send an access token in the Authorization header: "Bearer …".');
    const source = trusted.get(issuerOf(token));
    if (!source) throw notSignedIn('The access token comes from an issuer that this service does not trust.');
    const payload = await verify(token, source);
    return identityOf(payload, source.issuer);
  };
}

/** An issuer's keys, set up when its first token arrives: that loads the HTTP client, which a cold start need not wait for. */
function keysOf({ jwksUri }: Issuer): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined;
  return (header, token) => {
    keys ??= createRemoteJWKSet(new URL(jwksUri));
    return keys(header, token);
  };
}

/** Read before the signature is checked, only to choose the keys to check it with. */
function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    throw notSignedIn('The access token is not a JWT.');
  }
}

const tokenFaults = new Set<string>([
  errors.JWTInvalid.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWKSMultipleMatchingKeys.code,
]);

async function verify(
  token: string,
  { issuer, keys }: { issuer: Issuer; keys: JWTVerifyGetKey },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      // Asymmetric only: a shared secret would let every holder make tokens.
      algorithms: ['RS256', 'ES256', 'ES384'],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: 5,
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw notSignedIn('The access token has expired. Sign in again.');
    // Not the token's fault when the issuer's keys cannot be had: that is an outage.
    if (error instanceof errors.JOSEError && tokenFaults.has(error.code))
      throw notSignedIn('The access token is not valid for this service.');
    throw error;
  }
}

function identityOf(payload: JWTPayload, { issuer, kind, groupsClaim }: Issuer): Identity {
  const subject = subjectOf(payload);
  if (kind === 'machine') return { kind, issuer, subject };
  // Normalised for comparing, but ASCII to begin with: an issuer that takes K (Kelvin) and k for two mailboxes must not
  // let one person pass for the other here.
  const email = emailSchema.safeParse(
    /^[\x21-\x7e]+$/.test(String(payload.email)) ? payload.email : undefined,
  );
  if (!email.success || payload.email_verified !== true)
    throw notSignedIn('The access token carries no verified e-mail address.');
  // A claim flattened to a string ("[a b]") lets a group's name with a space pass for two groups: arrays only.
  const claimed = groupsClaim && Array.isArray(payload.groups) ? payload.groups : [];
  const groups = claimed.filter((group): group is string => typeof group === 'string');
  return { kind, issuer, subject, email: email.data, groups };
}

/** Whoever shares a subject is one person: one that is empty, or no text, must not stand for anybody. */
function subjectOf({ sub }: JWTPayload): string {
  if (typeof sub !== 'string' || sub === '') throw notSignedIn('The access token carries no subject.');
  return sub;
}

const notSignedIn = (detail: string): RefusalError => new RefusalError(refuse('not_signed_in', detail));
