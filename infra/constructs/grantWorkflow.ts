import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { RoleDefinition } from '../definitions.ts';
import { grantWorkflowNames, grantWorkflowText } from '../grantWorkflow.ts';
import type { Resources } from '../installation.ts';
import { defineServiceRole } from './serviceRole.ts';

export interface GrantWorkflowProps {
  resources: Resources;
  role: RoleDefinition;
  logRetentionDays: number;
  dataKeyArn: string;
}

/** The state machine, from the same file that the local server runs. */
export class GrantWorkflow extends Construct {
  constructor(scope: Construct, id: string, props: GrantWorkflowProps) {
    super(scope, id);
    const { resources, dataKeyArn } = props;
    const logGroup = new CfnLogGroup(this, 'Logs', {
      // Log delivery needs no resource policy of its own below this prefix.
      logGroupName: `/aws/vendedlogs/states/${resources.stateMachine}`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: dataKeyArn,
    });
    logGroup.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    new CfnStateMachine(this, 'StateMachine', {
      stateMachineName: resources.stateMachine,
      roleArn: defineServiceRole(this, 'Role', props.role).attrArn,
      definitionString: grantWorkflowText,
      definitionSubstitutions: grantWorkflowNames(resources),
      encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: dataKeyArn },
      loggingConfiguration: {
        level: 'ALL',
        // Inputs and outputs stay in the execution's own history.
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logGroup.attrArn } }],
      },
      tracingConfiguration: { enabled: true },
    });
  }
}
