import { type GatewayProblemCode, gatewayProblems, problemDocument } from './gatewayProblems.ts';
import { type Route, routes } from './routes.ts';

/** The API's name and its one stage; CloudWatch knows it by them. */
export const apiName = 'countersign';
export const stageName = 'access';

/** Whom an API Gateway of this region calls, given the ARNs of the functions. */
export interface ApiFunctions {
  region: string;
  functionArn(name: string): string;
}

/** The REST API as an OpenAPI document with API Gateway's extensions: what runs behind each route, and who may call it. */
export const apiDefinition = (functions: ApiFunctions) => ({
  openapi: '3.0.1',
  info: { title: apiName, version: '1' },
  paths: Object.fromEntries(
    [...Map.groupBy(routes, ({ path }) => path)].map(([path, ofPath]) => [path, pathItem(ofPath, functions)]),
  ),
  components: {
    securitySchemes: {
      signedIn: {
        type: 'apiKey',
        name: 'Authorization',
        in: 'header',
        'x-amazon-apigateway-authtype': 'custom',
        'x-amazon-apigateway-authorizer': {
          type: 'request',
          identitySource: 'method.request.header.Authorization',
          authorizerUri: invocationOf('authorizer', functions),
          // A cached answer would hold for every method, while it allows only the one that was asked for.
          authorizerResultTtlInSeconds: 0,
        },
      },
    },
  },
  'x-amazon-apigateway-gateway-responses': gatewayResponses(),
});

function pathItem(ofPath: readonly Route[], functions: ApiFunctions) {
  const operations = ofPath.flatMap((route) =>
    methodsOf(route).map((method) => [method.toLowerCase(), operation(route, functions)]),
  );
  const names = [...(ofPath[0]?.path ?? '').matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => name);
  return {
    ...(names.length > 0 && {
      parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    }),
    ...Object.fromEntries(operations),
    'x-amazon-apigateway-any-method': otherMethods(ofPath.flatMap(methodsOf)),
  };
}

/** What can be read can be asked for without its body, as mail scanners do. */
const methodsOf = ({ method }: Route): string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

const operation = (route: Route, functions: ApiFunctions) => ({
  security: route.signedIn ? [{ signedIn: [] }] : [],
  responses: { '200': { description: 'What the function answers.' } },
  'x-amazon-apigateway-integration': {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: invocationOf(route.function, functions),
    passthroughBehavior: 'when_no_match',
    timeoutInMillis: 29_000,
  },
});

/** Without it, API Gateway would answer a wrong method like a path that is not there. Calls no function. */
function otherMethods(allowed: string[]) {
  const headers = { ...problemHeaders('method_not_allowed'), Allow: allowed.join(', ') };
  return {
    security: [],
    responses: {
      '405': {
        description: 'Not this method.',
        headers: mapValues(headers, () => ({ schema: { type: 'string' } })),
      },
    },
    'x-amazon-apigateway-integration': {
      type: 'mock',
      // Other content types than this one: UNSUPPORTED_MEDIA_TYPE below.
      passthroughBehavior: 'never',
      requestTemplates: { 'application/json': '{"statusCode": 405}' },
      responses: {
        default: {
          statusCode: '405',
          responseParameters: parameters('method.response.header', headers),
          responseTemplates: { 'application/json': documentOf('method_not_allowed') },
        },
      },
    },
  };
}

/**
 * API Gateway's reasons to answer itself. It asks who calls an address that it does not know for an AWS signature: with no
 * method that takes one, whatever is wrong with it (MISSING_AUTHENTICATION_TOKEN and what is left of 4XX) means that
 * there is nothing. Headers over 10,240 bytes are refused before any of this, in API Gateway's own words.
 */
const reasons: Record<string, GatewayProblemCode> = {
  ACCESS_DENIED: 'not_allowed',
  API_CONFIGURATION_ERROR: 'bad_gateway',
  AUTHORIZER_CONFIGURATION_ERROR: 'authorizer_failed',
  AUTHORIZER_FAILURE: 'authorizer_failed',
  BAD_REQUEST_BODY: 'malformed',
  BAD_REQUEST_PARAMETERS: 'malformed',
  DEFAULT_4XX: 'not_found',
  DEFAULT_5XX: 'bad_gateway',
  INTEGRATION_FAILURE: 'bad_gateway',
  INTEGRATION_TIMEOUT: 'timed_out',
  MISSING_AUTHENTICATION_TOKEN: 'not_found',
  REQUEST_TOO_LARGE: 'body_too_large',
  RESOURCE_NOT_FOUND: 'not_found',
  THROTTLED: 'too_many_requests',
  UNAUTHORIZED: 'not_signed_in',
  UNSUPPORTED_MEDIA_TYPE: 'method_not_allowed',
  WAF_FILTERED: 'not_allowed',
};

const gatewayResponses = () =>
  mapValues(reasons, (code) => ({
    statusCode: String(gatewayProblems[code].status),
    responseParameters: parameters('gatewayresponse.header', problemHeaders(code)),
    responseTemplates: { 'application/json': documentOf(code) },
  }));

const problemHeaders = (code: GatewayProblemCode): Record<string, string> => ({
  'Content-Type': 'application/problem+json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  ...(code === 'not_signed_in' && { 'WWW-Authenticate': 'Bearer' }),
});

const documentOf = (code: GatewayProblemCode): string =>
  JSON.stringify(problemDocument({ code, ...gatewayProblems[code] }));

/** Literal header values stand in quotes of their own. */
const parameters = (prefix: string, headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [`${prefix}.${name}`, `'${value}'`]));

const invocationOf = (name: string, { region, functionArn }: ApiFunctions): string =>
  `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`;

const mapValues = <Value, Result>(
  record: Record<string, Value>,
  map: (value: Value) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
