import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { jsonAnswer, type PlainAnswer } from './plainAnswer.ts';
import { durableSigningKey, publicPart } from './signingKey.ts';
import type { Store } from './store.ts';

/** An internal tool that asks for access under its own role. */
export interface SampleMachine {
  name: string;
  roleArn: string;
  /** The issuer that the catalogue names for it; the local one when absent. The keys are the same. */
  issuer?: string;
}

/**
 * The issuer of internal tools. Its tokens have the shape of AWS's `sts:GetWebIdentityToken`: subject is the role's
 * ARN, and the AWS claims stand in a member of their own.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
export interface MachineIssuer {
  issuer: string;
  mintToken: (machine: SampleMachine) => Promise<string>;
  /** The discovery document or the key set, undefined for any other path. */
  answer(path: string): PlainAnswer | undefined;
}

/** Five minutes, what AWS gives when the caller does not say. */
const lifetimeSeconds = 300;

export async function createMachineIssuer(options: {
  issuer: string;
  audience: string;
  region: string;
  store: Store;
}): Promise<MachineIssuer> {
  const { issuer, audience, region } = options;
  const key = await durableSigningKey(options.store, 'machines', 'ES384');
  const privateKey = await importJWK(key, 'ES384');
  const base = new URL(issuer).pathname;
  const documents: Record<string, unknown> = {
    [`${base}/jwks`]: { keys: [publicPart(key)] },
    [`${base}/.well-known/openid-configuration`]: {
      issuer,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES384'],
    },
  };
  return {
    issuer,
    answer: (path) => (documents[path] ? jsonAnswer(documents[path]) : undefined),
    mintToken(machine) {
      const { roleArn } = machine;
      const now = Math.floor(Date.now() / 1000);
      const account = roleArn.split(':')[4] ?? '';
      return new SignJWT({ 'https://sts.amazonaws.com/': { aws_account: account, source_region: region } })
        .setProtectedHeader({ alg: 'ES384', typ: 'JWT', ...(key.kid ? { kid: key.kid } : {}) })
        .setIssuer(machine.issuer ?? issuer)
        .setAudience(audience)
        .setSubject(roleArn)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(privateKey);
    },
  };
}
