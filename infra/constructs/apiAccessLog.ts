import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface ApiAccessLogProps {
  retentionDays: number;
  dataKeyArn: string;
}

/**
 * Who called what and how it was answered, one line each. No query string, header or body: tokens and justifications
 * travel in those. No path either, but the resource it belongs to; and no user agent: both are in the caller's own words.
 */
export const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  requestTimeEpoch: '$context.requestTimeEpoch',
  httpMethod: '$context.httpMethod',
  resourcePath: '$context.resourcePath',
  status: '$context.status',
  responseType: '$context.error.responseType',
  sourceIp: '$context.identity.sourceIp',
  sourceVpce: '$context.identity.vpceId',
  authorizerStatus: '$context.authorizer.status',
  integrationStatus: '$context.integration.status',
  integrationRequestId: '$context.integration.requestId',
  responseLatency: '$context.responseLatency',
});

/** The API's access log, and the account's permission for API Gateway to write logs. */
export class ApiAccessLog extends Construct {
  readonly arn: string;
  /** What has to be there before a stage may write. */
  readonly account: CfnAccount;

  constructor(scope: Construct, id: string, { retentionDays, dataKeyArn }: ApiAccessLogProps) {
    super(scope, id);
    const logGroup = new CfnLogGroup(this, 'Group', {
      logGroupName: '/aws/apigateway/countersign',
      retentionInDays: retentionDays,
      kmsKeyId: dataKeyArn,
    });
    logGroup.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.arn = logGroup.attrArn;
    this.account = this.permitLogs();
  }

  /**
   * One role for all of API Gateway's logs in this account and region; a second CfnAccount would overwrite the first.
   * Retained: without it, whatever else the account has there would stop writing logs when this stack is deleted.
   */
  private permitLogs(): CfnAccount {
    const role = new CfnRole(this, 'Role', {
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      managedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'],
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason: 'API Gateway refuses a role for its logs that has less than this policy.',
    });
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.attrArn });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }
}
