import { createHash } from 'node:crypto';
import { Validations } from 'aws-cdk-lib';
import { CfnDeployment, CfnRestApi, CfnStage } from 'aws-cdk-lib/aws-apigateway';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { apiDefinition, apiName, stageName } from '../apiDefinition.ts';
import { apiPolicy } from '../apiPolicy.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Resources } from '../installation.ts';
import { ApiAccessLog, accessLogFormat } from './apiAccessLog.ts';
import { ApiDomain, tls } from './apiDomain.ts';
import type { ServiceFunction } from './serviceFunction.ts';

export interface CountersignApiProps {
  settings: Settings;
  resources: Resources;
  dataKeyArn: string;
}

/** API Gateway before the functions: routes, authorizer, limits, and its own answers as problem documents. */
export class CountersignApi extends Construct {
  readonly restApi: CfnRestApi;
  readonly stage: CfnStage;
  /** Where people and tools reach the API and the pages, without a slash at the end. */
  readonly baseUrl: string;
  /** Where the DNS record of the API's own domain has to point, where that record is not made here. */
  readonly dnsTarget: string | undefined;
  /** Everything that may call this API's functions on its behalf. */
  private readonly sourceArn: string;

  constructor(scope: Construct, id: string, { settings, resources, dataKeyArn }: CountersignApiProps) {
    super(scope, id);
    const { account, region } = settings.service;
    const definition = restApiProps(settings, resources);
    this.restApi = new CfnRestApi(this, 'RestApi', definition);
    const log = new ApiAccessLog(this, 'AccessLog', {
      retentionDays: settings.retention.logDays,
      dataKeyArn,
    });
    this.stage = this.defineStage(definition, log, settings.api.throttle);
    this.baseUrl = baseUrlOf(settings, this.restApi.ref);
    this.sourceArn = `arn:aws:execute-api:${region}:${account}:${this.restApi.ref}`;
    if (settings.api.domain)
      this.dnsTarget = new ApiDomain(this, 'Domain', { domain: settings.api.domain, api: this }).dnsTarget;
    this.protect(settings);
  }

  /** Lets this API call the functions behind its routes, and its authorizer; nothing else of API Gateway may. */
  allowInvocations(functions: ServiceFunction[]): void {
    for (const { arn, node } of functions) {
      const caller = node.id === 'authorizer' ? 'authorizers' : stageName;
      new CfnPermission(this, `Invoke-${node.id}`, {
        action: 'lambda:InvokeFunction',
        functionName: arn,
        principal: 'apigateway.amazonaws.com',
        sourceArn: `${this.sourceArn}/${caller}/*`,
      });
    }
  }

  /** A deployment is a snapshot that never changes: another definition is another deployment, so its id has to change. */
  private defineStage(
    definition: object,
    log: ApiAccessLog,
    { perSecond, burst }: Settings['api']['throttle'],
  ): CfnStage {
    const digest = createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 16);
    const deployment = new CfnDeployment(this, `Deployment-${digest}`, { restApiId: this.restApi.ref });
    const stage = new CfnStage(this, 'Stage', {
      restApiId: this.restApi.ref,
      deploymentId: deployment.ref,
      stageName,
      accessLogSetting: { destinationArn: log.arn, format: accessLogFormat },
      methodSettings: [
        {
          resourcePath: '/*',
          httpMethod: '*',
          loggingLevel: 'OFF',
          dataTraceEnabled: false,
          throttlingRateLimit: perSecond,
          throttlingBurstLimit: burst,
        },
      ],
    });
    stage.addResourceDependency(log.account);
    return stage;
  }

  private protect({ api, service }: Settings): void {
    if (api.webAclArn !== undefined)
      new CfnWebACLAssociation(this, 'WebAcl', {
        webAclArn: api.webAclArn,
        resourceArn: `arn:aws:apigateway:${service.region}::/restapis/${this.restApi.ref}/stages/${this.stage.ref}`,
      });
    Validations.of(this.restApi).acknowledge({
      id: 'AwsSolutions-APIG2',
      reason: 'Every handler parses what it is sent with a strict schema, in words that help the caller.',
    });
    Validations.of(this.stage).acknowledge(
      { id: 'AwsSolutions-APIG6', reason: 'Execution logs would hold bearer tokens and approval tokens.' },
      { id: 'AwsSolutions-APIG3', reason: 'Which web ACL, if any, the installation says: api.webAclArn.' },
    );
  }
}

function restApiProps({ api, service }: Settings, resources: CountersignApiProps['resources']) {
  const policy = apiPolicy(api);
  const endpoint =
    api.access.kind === 'private'
      ? { types: ['PRIVATE'], vpcEndpointIds: api.access.vpcEndpoints }
      : { types: ['REGIONAL'] };
  return {
    name: apiName,
    description: 'Countersign: just-in-time access to production accounts',
    body: apiDefinition({ region: service.region, functionArn: resources.functionArn }),
    endpointConfiguration: endpoint,
    disableExecuteApiEndpoint: api.domain !== undefined,
    ...tls,
    ...(policy && { policy }),
  };
}

function baseUrlOf({ api, service }: Settings, apiId: string): string {
  if (api.domain) return `https://${api.domain.name}`;
  const host = api.access.kind === 'private' ? `${apiId}-${api.access.vpcEndpoints[0]}` : apiId;
  return `https://${host}.execute-api.${service.region}.amazonaws.com/${stageName}`;
}
