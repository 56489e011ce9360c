import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { realNow } from '../clock.ts';
import { AwsError } from './awsError.ts';
import { type Session, type Sessions, tokenMatches } from './sessions.ts';

const allowedSkewMilliseconds = 5 * 60_000;

/** A request as received, header names in lower case. */
export interface ReceivedRequest {
  method: string;
  /** Path and query as sent. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface SignatureClaims {
  accessKeyId: string;
  /** `YYYYMMDD` of the credential scope. */
  scopeDate: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

/** Reads the Authorization header; undefined if the request carries none. Throws AwsError if it is malformed. */
export function readClaims(headers: ReceivedRequest['headers']): SignatureClaims | undefined {
  const authorization = headers.authorization;
  if (authorization === undefined) return undefined;
  const part = (name: string) => new RegExp(`[ ,]${name}=([^, ]+)`).exec(authorization)?.[1];
  const scope = part('Credential')?.split('/') ?? [];
  const signedHeaders = part('SignedHeaders')?.split(';');
  const signature = part('Signature');
  const [accessKeyId, scopeDate, region, service, terminator] = scope;
  const complete = scope.length === 5 && terminator === 'aws4_request' && signedHeaders && signature;
  if (!authorization.startsWith('AWS4-HMAC-SHA256 ') || !complete)
    throw new AwsError(
      'IncompleteSignature',
      'Authorization header is not a complete AWS4-HMAC-SHA256 signature.',
    );
  if (!accessKeyId || !scopeDate || !region || !service)
    throw new AwsError('IncompleteSignature', 'Credential must have exactly 5 slash-delimited elements.');
  return { accessKeyId, scopeDate, region, service, signedHeaders, signature };
}

/**
 * Finds the session that signed the request. Refusals carry AWS's codes of the Query protocol
 * (`InvalidClientTokenId`, `SignatureDoesNotMatch`, `ExpiredToken`, …); other protocols translate them.
 */
export async function authenticate(options: {
  request: ReceivedRequest;
  claims: SignatureClaims | undefined;
  region: string;
  sessions: Sessions;
  now: number;
}): Promise<Session> {
  const { request, claims, sessions, now } = options;
  if (claims === undefined)
    throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  const session = sessions.find(claims.accessKeyId);
  const token = request.headers['x-amz-security-token'];
  if (session === undefined || token === undefined || !tokenMatches(session, token))
    throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  if (claims.region !== options.region)
    throw mismatch(`Credential should be scoped to a valid region, not '${claims.region}'.`);
  const signedAt = readSigningDate(request, claims);
  refuseUnsignedHeaders(request, claims);
  refuseOtherPayload(request);
  if (!(await signatureMatches({ request, claims, session, token, signedAt })))
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  refuseSkew(signedAt, now);
  if (now >= session.expiresAt)
    throw new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
  return session;
}

const mismatch = (message: string): AwsError => new AwsError('SignatureDoesNotMatch', message, 403);

function readSigningDate({ headers }: ReceivedRequest, claims: SignatureClaims): Date {
  const text = headers['x-amz-date'] ?? '';
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const date = match && new Date(match.slice(1, 4).join('-').concat('T', match.slice(4).join(':'), 'Z'));
  if (!date || Number.isNaN(date.getTime()))
    throw new AwsError('IncompleteSignature', `Date must be in ISO-8601 'basic format'. Got '${text}'.`);
  if (!text.startsWith(claims.scopeDate))
    throw mismatch(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.',
    );
  return date;
}

function refuseUnsignedHeaders({ headers }: ReceivedRequest, { signedHeaders }: SignatureClaims): void {
  if (!signedHeaders.includes('host'))
    throw mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  const unsigned = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (unsigned.length > 0)
    throw mismatch(`There were headers present in the request which were not signed: ${unsigned.join(', ')}`);
  if (signedHeaders.some((name) => headers[name] === undefined))
    throw mismatch('A signed header is missing from the request.');
}

function refuseOtherPayload({ headers, body }: ReceivedRequest): void {
  const claimed = headers['x-amz-content-sha256'];
  if (claimed !== undefined && claimed !== createHash('sha256').update(body).digest('hex'))
    throw mismatch("The provided 'x-amz-content-sha256' header does not match what was computed.");
}

/** Signs the same request again with the session's secret and compares in constant time. */
async function signatureMatches(options: {
  request: ReceivedRequest;
  claims: SignatureClaims;
  session: Session;
  token: string;
  signedAt: Date;
}): Promise<boolean> {
  const { request, claims, session } = options;
  const url = new URL(request.url, 'http://endpoint');
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
  const headers: Record<string, string> = {};
  for (const name of claims.signedHeaders) headers[name] = request.headers[name] ?? '';
  const signer = new SignatureV4({
    service: claims.service,
    region: claims.region,
    sha256: NodeSha256,
    applyChecksum: false,
    credentials: {
      accessKeyId: session.accessKeyId,
      secretAccessKey: session.secretAccessKey,
      sessionToken: options.token,
    },
  });
  const signed = await signer.sign(
    new HttpRequest({ method: request.method, path: url.pathname, query, headers, body: request.body }),
    { signingDate: options.signedAt, signableHeaders: new Set(claims.signedHeaders) },
  );
  const expected = Buffer.from(/Signature=(\S+)$/.exec(signed.headers.authorization ?? '')?.[1] ?? '');
  const given = Buffer.from(claims.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/**
 * Signed at most five minutes from now. The functions live in the virtual clock, while the AWS CLI signs
 * in real time even after the virtual clock was moved forward: both count.
 */
function refuseSkew(signedAt: Date, now: number): void {
  const near = (time: number) => Math.abs(signedAt.getTime() - time) <= allowedSkewMilliseconds;
  if (near(now) || near(realNow())) return;
  throw mismatch(
    signedAt.getTime() < now
      ? `Signature expired: ${signedAt.toISOString()} is more than 5 minutes earlier than ${new Date(now).toISOString()}.`
      : `Signature not yet current: ${signedAt.toISOString()} is more than 5 minutes later than ${new Date(now).toISOString()}.`,
  );
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

const bufferOf = (data: Bytes): Buffer => {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
};

/** node:crypto behind the interface the signer expects: several times faster than a script implementation. */
class NodeSha256 {
  readonly #secret: Buffer | undefined;
  #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: Bytes) {
    this.#secret = secret === undefined ? undefined : bufferOf(secret);
    this.#hash = this.#fresh();
  }

  #fresh() {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }

  update(data: Bytes): void {
    this.#hash.update(bufferOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#fresh();
  }
}
