import { RemovalPolicy } from 'aws-cdk-lib';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Architecture, CfnFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { RoleDefinition } from '../definitions.ts';
import { type FunctionName, functions } from '../functions.ts';
import { functionResourceName, logGroupName } from '../installation.ts';
import { defineServiceRole } from './serviceRole.ts';

export interface ServiceFunctionProps {
  name: FunctionName;
  /** Folder of the bundle, `index.mjs`, and what lies beside it. */
  code: string;
  role: RoleDefinition;
  environment: Record<string, string>;
  logRetentionDays: number;
  /** Encrypts the environment and the logs. */
  dataKeyArn: string;
}

/** A Lambda function with a role and a log group of its own, from the list in `functions.ts`. */
export class ServiceFunction extends Construct {
  readonly arn: string;
  readonly resource: CfnFunction;
  readonly role: CfnRole;

  constructor(scope: Construct, props: ServiceFunctionProps) {
    super(scope, props.name);
    const { timeoutSeconds, memoryMegabytes, failureImpact, reservedConcurrency } = functions[props.name];
    const functionName = functionResourceName(props.name);
    const logGroup = new CfnLogGroup(this, 'Logs', {
      logGroupName: logGroupName(props.name),
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.dataKeyArn,
    });
    logGroup.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.role = defineServiceRole(this, 'Role', props.role);
    const code = new Asset(this, 'Code', { path: props.code });
    this.resource = new CfnFunction(this, 'Function', {
      functionName,
      description: `If it fails: ${failureImpact}`,
      runtime: Runtime.NODEJS_24_X.name,
      architectures: [Architecture.ARM_64.name],
      handler: 'index.handler',
      code: { s3Bucket: code.s3BucketName, s3Key: code.s3ObjectKey },
      role: this.role.attrArn,
      timeout: timeoutSeconds,
      memorySize: memoryMegabytes,
      environment: { variables: props.environment },
      kmsKeyArn: props.dataKeyArn,
      loggingConfig: { logFormat: 'JSON', logGroup: logGroup.ref, systemLogLevel: 'WARN' },
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
    });
    this.arn = this.resource.attrArn;
  }
}
