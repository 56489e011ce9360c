import { describe, expect, test } from 'vitest';
import { type GatewayProblemCode, gatewayProblems, problemDocument } from '#infra/gatewayProblems.ts';
import { functionResourceName } from '#infra/installation.ts';
import { routes } from '#infra/routes.ts';
import {
  type Resource,
  resolved,
  resourcesOfType,
  type SettingsSource,
  someSettings,
  synthesized,
  type Template,
} from '../support/stacks.ts';

const sample = synthesized().service;

/** The service stack of an installation with other settings for the API. */
const withApi = (api: Partial<SettingsSource['api']>): Template =>
  synthesized({ settings: someSettings((source) => Object.assign(source.api, api)) }).service;

/** The only resource of a type, references resolved. */
function the(template: Template, type: string): Resource['Properties'] {
  const found = Object.values(resourcesOfType(template, `AWS::${type}`));
  expect(found, type).toHaveLength(1);
  return resolved(template, found[0]?.Properties);
}

/** What refers to the only resource of a type. */
const refOf = (template: Template, type: string): string =>
  resolved(template, { Ref: Object.keys(resourcesOfType(template, `AWS::${type}`))[0] });

const body = the(sample, 'ApiGateway::RestApi').Body;
const problemOf = (code: GatewayProblemCode): object => problemDocument({ code, ...gatewayProblems[code] });
const domain = {
  name: 'access.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:999988887777:certificate/1',
};

describe('Behind the gateway', () => {
  test('every route, and nothing else, reaches its function: what can be read by HEAD too', () => {
    const served = Object.entries(body.paths).flatMap(([path, operations]) =>
      Object.entries(operations as Record<string, Resource['Properties']>)
        .filter(([, operation]) => operation['x-amazon-apigateway-integration']?.type === 'aws_proxy')
        .map(([method, operation]) => {
          const { uri } = operation['x-amazon-apigateway-integration'];
          return `${method.toUpperCase()} ${path} ${/function:([\w-]+)\/invocations$/.exec(uri)?.[1]}`;
        }),
    );
    const meant = routes.flatMap(({ method, path, function: name }) =>
      (method === 'GET' ? ['GET', 'HEAD'] : [method]).map(
        (each) => `${each} ${path} ${functionResourceName(name)}`,
      ),
    );
    expect(served.sort()).toEqual(meant.sort());
  });

  test('whoever is not signed in reaches only what routes.ts opens to them', () => {
    for (const { method, path, signedIn } of routes)
      expect(body.paths[path][method.toLowerCase()].security, path).toEqual(
        signedIn ? [{ signedIn: [] }] : [],
      );
  });

  test('the authorizer is asked for each call anew, and not without a token', () => {
    const authorizer = body.components.securitySchemes.signedIn['x-amazon-apigateway-authorizer'];
    expect(authorizer).toMatchObject({
      type: 'request',
      identitySource: 'method.request.header.Authorization',
      authorizerResultTtlInSeconds: 0,
    });
    expect(authorizer.authorizerUri).toMatch(/function:countersign-authorizer\/invocations$/);
  });

  test('API Gateway may invoke the five functions of the API, for this API only', () => {
    const permissions = Object.values(resourcesOfType(sample, 'AWS::Lambda::Permission'))
      .map(({ Properties }) => resolved(sample, Properties))
      .filter(({ Principal }) => Principal === 'apigateway.amazonaws.com')
      .map(({ FunctionName, SourceArn }) => [FunctionName.split(':').at(-1), SourceArn.split(':').at(-1)]);
    const apiId = resolved(sample, {
      Ref: Object.keys(resourcesOfType(sample, 'AWS::ApiGateway::RestApi'))[0],
    });
    const called = ['requests', 'decisions', 'credentials', 'web'].map((name) => [
      functionResourceName(name),
      `${apiId}/access/*`,
    ]);
    expect(permissions.sort()).toEqual(
      [...called, ['countersign-authorizer', `${apiId}/authorizers/*`]].sort(),
    );
  });
});

describe("The gateway's own answers", () => {
  const responses: [string, Resource['Properties']][] = Object.entries(
    body['x-amazon-apigateway-gateway-responses'],
  );

  test.each(responses)('%s is a problem document that no cache keeps', (_reason, response) => {
    const document = JSON.parse(response.responseTemplates['application/json']);
    expect(document).toEqual(problemOf(document.code));
    expect(response.statusCode).toBe(String(document.status));
    expect(response.responseParameters).toMatchObject({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
      'gatewayresponse.header.Cache-Control': "'no-store'",
    });
    // In a template of API Gateway a dollar sign begins a variable.
    expect(response.responseTemplates['application/json']).not.toContain('$');
  });

  test.each([
    ['a stranger', 'UNAUTHORIZED', 'not_signed_in'],
    ['an address that is not there', 'MISSING_AUTHENTICATION_TOKEN', 'not_found'],
    ['an address that is not there, with a token', 'DEFAULT_4XX', 'not_found'],
    ['a body over ten megabytes', 'REQUEST_TOO_LARGE', 'body_too_large'],
    ['too many calls', 'THROTTLED', 'too_many_requests'],
    ['an authorizer that failed', 'AUTHORIZER_FAILURE', 'authorizer_failed'],
    ['a function that failed', 'DEFAULT_5XX', 'bad_gateway'],
    ['a function that takes too long', 'INTEGRATION_TIMEOUT', 'timed_out'],
    ['a caller from elsewhere', 'ACCESS_DENIED', 'not_allowed'],
    ['a caller whom the web ACL stops', 'WAF_FILTERED', 'not_allowed'],
  ])('to %s: %s is %s', (_what, reason, code) => {
    const response = body['x-amazon-apigateway-gateway-responses'][reason];
    expect(JSON.parse(response.responseTemplates['application/json']).code).toBe(code);
  });

  test('a stranger is told how to sign in', () => {
    expect(
      body['x-amazon-apigateway-gateway-responses'].UNAUTHORIZED.responseParameters[
        'gatewayresponse.header.WWW-Authenticate'
      ],
    ).toBe("'Bearer'");
  });

  test.each(Object.keys(body.paths))('a wrong method on %s is 405 and names the right ones', (path) => {
    const integration = body.paths[path]['x-amazon-apigateway-any-method']['x-amazon-apigateway-integration'];
    expect(integration.type).toBe('mock');
    const { statusCode, responseParameters, responseTemplates } = integration.responses.default;
    expect(statusCode).toBe('405');
    expect(JSON.parse(responseTemplates['application/json'])).toEqual(problemOf('method_not_allowed'));
    const allowed = responseParameters['method.response.header.Allow'].slice(1, -1).split(', ');
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
    expect(allowed.filter((method: string) => method !== 'HEAD').sort()).toEqual(methods.sort());
  });
});

describe('The stage', () => {
  const stage = the(sample, 'ApiGateway::Stage');

  test('logs who called what in one line, without query strings, headers, bodies or what callers choose', () => {
    const { Format, DestinationArn } = stage.AccessLogSetting;
    expect(Format).not.toMatch(/\n/);
    expect(DestinationArn).toContain('log-group:/aws/apigateway/countersign');
    const variables = Object.values<string>(JSON.parse(Format));
    const harmless =
      /^\$context\.(requestId|extendedRequestId|requestTimeEpoch|httpMethod|resourcePath|status|responseLatency|error\.responseType|authorizer\.status|integration\.(status|requestId)|identity\.(sourceIp|vpceId))$/;
    for (const variable of variables) expect(variable).toMatch(harmless);
  });

  test('writes no execution log, which would hold tokens, and limits calls as the settings say', () => {
    expect(stage.MethodSettings).toEqual([
      {
        HttpMethod: '*',
        ResourcePath: '/*',
        LoggingLevel: 'OFF',
        DataTraceEnabled: false,
        ThrottlingRateLimit: 50,
        ThrottlingBurstLimit: 100,
      },
    ]);
  });

  test('keeps its log when the stack goes, and the right of API Gateway to write logs', () => {
    for (const [id, { Type, DeletionPolicy }] of Object.entries(sample.Resources))
      if (Type === 'AWS::Logs::LogGroup' || Type === 'AWS::ApiGateway::Account')
        expect(DeletionPolicy, id).toMatch(/^Retain/);
  });

  test('is deployed anew when routes or the policy change, and only then', () => {
    const deploymentOf = (template: Template): string[] =>
      Object.keys(resourcesOfType(template, 'AWS::ApiGateway::Deployment'));
    expect(deploymentOf(withApi({ throttle: { perSecond: 5, burst: 5 } }))).toEqual(deploymentOf(sample));
    const narrowed = withApi({ access: { kind: 'public', allowedRanges: ['192.0.2.0/24'] } });
    expect(deploymentOf(narrowed)).not.toEqual(deploymentOf(sample));
  });
});

describe('Who reaches the API', () => {
  test('everybody who signs in, over TLS 1.2 at least, unless the settings say otherwise', () => {
    const api = the(sample, 'ApiGateway::RestApi');
    expect(api.Policy).toBeUndefined();
    expect(api.EndpointConfiguration).toEqual({ Types: ['REGIONAL'] });
    expect(api).toMatchObject({
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_2021_06',
      EndpointAccessMode: 'STRICT',
    });
  });

  test('with ranges: nobody from outside them', () => {
    const template = withApi({
      access: { kind: 'public', allowedRanges: ['192.0.2.0/24', '2001:db8::/32'] },
    });
    expect(the(template, 'ApiGateway::RestApi').Policy.Statement[1]).toEqual({
      Effect: 'Deny',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/*',
      Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32'] } },
    });
  });

  test('private: only what comes through the endpoints, where it also is to be found', () => {
    const template = withApi({ access: { kind: 'private', vpcEndpoints: ['vpce-0a1', 'vpce-0b2'] } });
    const api = the(template, 'ApiGateway::RestApi');
    expect(api.EndpointConfiguration).toEqual({
      Types: ['PRIVATE'],
      VpcEndpointIds: ['vpce-0a1', 'vpce-0b2'],
    });
    expect(api.Policy.Statement[1]).toMatchObject({
      Effect: 'Deny',
      Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0a1', 'vpce-0b2'] } },
    });
    expect(baseUrlOf(template)).toMatch(
      /^https:\/\/[\w-]+-vpce-0a1\.execute-api\.us-east-1\.amazonaws\.com\/access$/,
    );
  });

  test('with a domain: by that name only', () => {
    const template = withApi({ domain });
    expect(the(template, 'ApiGateway::RestApi').DisableExecuteApiEndpoint).toBe(true);
    expect(the(template, 'ApiGateway::DomainName')).toMatchObject({
      DomainName: 'access.example.com',
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_2021_06',
    });
    expect(the(template, 'ApiGateway::BasePathMapping')).toEqual({
      DomainName: refOf(template, 'ApiGateway::DomainName'),
      RestApiId: refOf(template, 'ApiGateway::RestApi'),
      Stage: refOf(template, 'ApiGateway::Stage'),
    });
    expect(baseUrlOf(template)).toBe('https://access.example.com');
    expect(resourcesOfType(template, 'AWS::Route53::RecordSet')).toEqual({});
  });

  test('with a hosted zone and a web ACL: found by DNS, behind the ACL, and within a hundred resources', () => {
    const template = withApi({
      domain: { ...domain, hostedZone: { id: 'Z123', name: 'example.com' } },
      webAclArn: 'arn:aws:wafv2:us-east-1:999988887777:regional/webacl/countersign/1',
      access: { kind: 'public', allowedRanges: ['192.0.2.0/24'] },
    });
    expect(the(template, 'Route53::RecordSet')).toMatchObject({ HostedZoneId: 'Z123', Type: 'A' });
    expect(the(template, 'WAFv2::WebACLAssociation').ResourceArn).toBe(
      `arn:aws:apigateway:us-east-1::/restapis/${refOf(template, 'ApiGateway::RestApi')}/stages/${refOf(template, 'ApiGateway::Stage')}`,
    );
    expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(100);
  });

  const baseUrlOf = (template: Template): string => resolved(template, template.Outputs?.ApiBaseUrl?.Value);
});
