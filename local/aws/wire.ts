import type { AwsError } from './awsError.ts';
import type { JsonObject, ServiceName } from './call.ts';
import type { ReceivedRequest } from './sigV4.ts';
import { toXml } from './xml.ts';

/** A request read as far as its protocol: which operation of which service, with which parameters. */
export interface WireRequest {
  service: ServiceName;
  operation: string;
  parameters: unknown;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

type Protocol = 'json' | 'query' | 'rest';

/** The protocols that the SDK v3 clients and the AWS CLI v2 speak, by service. */
const protocols: Record<ServiceName, { protocol: Protocol; contentType: string; namespace: string }> = {
  dynamodb: {
    protocol: 'json',
    contentType: 'application/x-amz-json-1.0',
    namespace: 'com.amazonaws.dynamodb.v20120810#',
  },
  states: {
    protocol: 'json',
    contentType: 'application/x-amz-json-1.0',
    namespace: 'com.amazonaws.swf.service.v2.model#',
  },
  kms: { protocol: 'json', contentType: 'application/x-amz-json-1.1', namespace: '' },
  events: { protocol: 'json', contentType: 'application/x-amz-json-1.1', namespace: '' },
  sts: {
    protocol: 'query',
    contentType: 'text/xml',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  },
  iam: {
    protocol: 'query',
    contentType: 'text/xml',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  },
  ses: { protocol: 'rest', contentType: 'application/json', namespace: '' },
};

const targets: Readonly<Record<string, ServiceName>> = {
  DynamoDB_20120810: 'dynamodb',
  AWSStepFunctions: 'states',
  TrentService: 'kms',
  AWSEvents: 'events',
};

const queryVersions: Readonly<Record<string, ServiceName>> = { '2011-06-15': 'sts', '2010-05-08': 'iam' };

/** The codes that IAM and STS use for refusals before an operation, as the JSON services name them. */
const jsonNames: Readonly<Record<string, string>> = {
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  IncompleteSignature: 'IncompleteSignatureException',
  ExpiredToken: 'ExpiredTokenException',
  AccessDenied: 'AccessDeniedException',
  InvalidAction: 'UnknownOperationException',
};

/** Which operation the request asks for; undefined if it is in the protocol of no service played here. */
export function readWireRequest(request: ReceivedRequest): WireRequest | undefined {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const [prefix = '', operation = ''] = target.split('.');
    const service = targets[prefix];
    return service && { service, operation, parameters: parseJson(request.body) };
  }
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const service = queryVersions[form.get('Version') ?? ''];
    return service && { service, operation: form.get('Action') ?? '', parameters: readForm(form) };
  }
  const { pathname } = new URL(request.url, 'http://endpoint');
  if (!pathname.startsWith('/v2/email/')) return undefined;
  const isSend = request.method === 'POST' && pathname === '/v2/email/outbound-emails';
  const operation = isSend ? 'SendEmail' : `${request.method} ${pathname}`;
  return { service: 'ses', operation, parameters: parseJson(request.body) };
}

/** Undefined when the body is no JSON: the operation then refuses it as malformed. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** `Tags.member.1.Key=…` as nested objects and arrays. Values stay text. */
function readForm(form: URLSearchParams): JsonObject {
  const root: Record<string, FormNode> = {};
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue;
    let node = root;
    const path = name.split('.');
    const last = path.pop() ?? name;
    for (const step of path) {
      const next = Object.hasOwn(node, step) ? node[step] : undefined;
      const child: Record<string, FormNode> = typeof next === 'object' ? next : Object.create(null);
      node[step] = child;
      node = child;
    }
    node[last] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([name, node]) => [name, collapse(node)]));
}

type FormNode = string | { [name: string]: FormNode };

/** An empty list arrives as an empty text; a list as `member` with numbered entries. */
function collapse(node: FormNode): unknown {
  if (typeof node === 'string') return node;
  if (typeof node.member === 'object') {
    return Object.entries(node.member)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, entry]) => collapse(entry));
  }
  return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, collapse(child)]));
}

/** The answer in the service's protocol; JSON text is passed on as it is. */
export function writeResult(options: {
  service: ServiceName;
  operation: string;
  output: JsonObject | string;
  requestId: string;
  status?: number;
}): WireResponse {
  const { service, operation, output, requestId } = options;
  const { protocol, contentType, namespace } = protocols[service];
  const headers = { 'content-type': contentType, 'x-amzn-requestid': requestId };
  if (protocol !== 'query') {
    const body = typeof output === 'string' ? output : JSON.stringify(output);
    return { status: options.status ?? 200, headers, body };
  }
  const body = toXml(`${operation}Response`, namespace, {
    [`${operation}Result`]: output,
    ResponseMetadata: { RequestId: requestId },
  });
  return { status: 200, headers, body };
}

/** A refusal in the service's own error shape, so that the SDK raises its own class. */
export function writeError(service: ServiceName, error: AwsError, requestId: string): WireResponse {
  const { protocol, contentType, namespace } = protocols[service];
  const headers = { 'content-type': contentType, 'x-amzn-requestid': requestId };
  if (protocol === 'query') {
    const Type = error.status < 500 ? 'Sender' : 'Receiver';
    const body = toXml('ErrorResponse', namespace, {
      Error: { Type, Code: error.code, Message: error.message },
      RequestId: requestId,
    });
    return { status: error.status, headers, body };
  }
  const common = jsonNames[error.code];
  const code = common ?? error.code;
  if (protocol === 'rest') {
    const body = JSON.stringify({ message: error.message });
    return { status: error.status, headers: { ...headers, 'x-amzn-errortype': code }, body };
  }
  const __type = (common ? 'com.amazon.coral.service#' : namespace) + code;
  // The JSON services answer 400 where IAM and STS answer 403.
  const status = error.status === 403 ? 400 : error.status;
  return { status, headers, body: JSON.stringify({ __type, message: error.message }) };
}
