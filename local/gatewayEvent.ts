import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type {
  APIGatewayEventDefaultAuthorizerContext,
  APIGatewayProxyEvent,
  APIGatewayRequestAuthorizerEvent,
} from 'aws-lambda';
import type { RouteMatch } from './routeTable.ts';

/** The API that the events claim to come from. */
export interface ApiIdentity {
  account: string;
  region: string;
  apiId: string;
  stage: string;
}

export type ProxyRequest = Omit<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>;

/** The REST API (payload 1.0) event of a request, its body left out: the authorizer never sees that. */
export function proxyRequestOf(request: IncomingMessage, match: RouteMatch, api: ApiIdentity): ProxyRequest {
  const [path, query] = splitTarget(request.url ?? '/');
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const headers = groupedHeaders(request, sourceIp);
  const queryValues = groupedPairs(new URLSearchParams(query), asWritten);
  const now = new Date();
  const httpMethod = request.method ?? match.route.method;
  return {
    resource: match.route.path,
    path,
    httpMethod,
    headers: lastOfEach(headers),
    multiValueHeaders: headers,
    queryStringParameters: query === '' ? null : lastOfEach(queryValues),
    multiValueQueryStringParameters: query === '' ? null : queryValues,
    pathParameters: match.pathParameters,
    stageVariables: null,
    requestContext: {
      accountId: api.account,
      apiId: api.apiId,
      authorizer: null,
      domainName: request.headers.host ?? '',
      domainPrefix: api.apiId,
      extendedRequestId: randomUUID(),
      httpMethod,
      identity: { ...anonymous, sourceIp, userAgent: request.headers['user-agent'] ?? null },
      path,
      protocol: `HTTP/${request.httpVersion}`,
      requestId: randomUUID(),
      requestTime: requestTime(now),
      requestTimeEpoch: now.getTime(),
      resourceId: `${httpMethod} ${match.route.path}`,
      resourcePath: match.route.path,
      stage: api.stage,
    },
  };
}

/** ARN of the called method: what the authorizer's policy allows or denies. */
export function methodArnOf(request: ProxyRequest, api: ApiIdentity): string {
  const path = request.path.replace(/^\//, '');
  return `arn:aws:execute-api:${api.region}:${api.account}:${api.apiId}/${api.stage}/${request.httpMethod}/${path}`;
}

export function authorizerEventOf(
  request: ProxyRequest,
  methodArn: string,
): APIGatewayRequestAuthorizerEvent {
  const { authorizer: _none, ...requestContext } = request.requestContext;
  return {
    ...request,
    type: 'REQUEST',
    methodArn,
    requestContext: { ...requestContext, authorizer: undefined },
  };
}

export function proxyEventOf(
  request: ProxyRequest,
  body: Buffer,
  authorizer: APIGatewayEventDefaultAuthorizerContext,
): APIGatewayProxyEvent {
  const text = utf8Text(body);
  return {
    ...request,
    requestContext: { ...request.requestContext, authorizer },
    body: body.length === 0 ? null : (text ?? body.toString('base64')),
    isBase64Encoded: text === undefined,
  };
}

const anonymous = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** Header values by name, a repeated name under its first spelling, with what the gateway adds. */
function groupedHeaders(request: IncomingMessage, sourceIp: string): Record<string, string[]> {
  const raw = request.rawHeaders;
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2)
    pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  const sent = pairs.filter(([name]) => !/^x-forwarded-(for|port|proto)$/i.test(name));
  // As on AWS a caller can put anything in front; only the last address is the gateway's own word.
  const forwardedFor = [request.headers['x-forwarded-for'] ?? [], sourceIp].flat().join(', ');
  return groupedPairs([
    ...sent,
    ['X-Forwarded-For', forwardedFor],
    ['X-Forwarded-Port', String(request.socket.localPort ?? '')],
    ['X-Forwarded-Proto', 'http'],
  ]);
}

/** Values by name; header names that differ in case only are one. */
function groupedPairs(pairs: Iterable<[string, string]>, sameName = lowerCased): Record<string, string[]> {
  const groups = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of pairs) {
    const group = groups.get(sameName(name)) ?? { name, values: [] };
    group.values.push(value);
    groups.set(sameName(name), group);
  }
  return Object.fromEntries(Array.from(groups.values(), ({ name, values }) => [name, values]));
}

const lowerCased = (name: string): string => name.toLowerCase();
const asWritten = (name: string): string => name;

function lastOfEach(grouped: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(grouped).map(([name, values]) => [name, values.at(-1) ?? '']));
}

function utf8Text(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `22/Nov/2026:10:00:00 +0000` */
function requestTime(date: Date): string {
  const [day, time] = date.toISOString().slice(0, 19).split('T');
  const [year, month, dayOfMonth] = (day ?? '').split('-');
  return `${dayOfMonth}/${months[Number(month) - 1]}/${year}:${time} +0000`;
}
