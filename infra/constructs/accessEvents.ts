import { CfnEventBus, CfnEventBusPolicy, CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { breakGlassMessage, breakGlassPattern, eventRules } from '../eventRules.ts';
import { workflowSteps } from '../functions.ts';
import type { Resources } from '../installation.ts';

export interface AccessEventsProps {
  resources: Resources;
  topicArn: string;
  dataKeyArn: string;
}

/** The bus with one event per change of a request (docs/events.md), and word of break-glass to those who get alarms. */
export class AccessEvents extends Construct {
  constructor(scope: Construct, id: string, { resources, topicArn, dataKeyArn }: AccessEventsProps) {
    super(scope, id);
    const announcedOnly = announcedByFunctions(resources);
    const bus = new CfnEventBus(this, 'Bus', {
      name: resources.eventBus,
      description: 'Every change of an access request, as docs/events.md describes it',
      kmsKeyIdentifier: dataKeyArn,
    });
    new CfnEventBusPolicy(this, 'BusPolicy', {
      eventBusName: bus.ref,
      statementId: announcedOnly.Sid,
      statement: announcedOnly,
    });
    new CfnRule(this, 'BreakGlass', {
      name: eventRules.breakGlass.name,
      description: 'Access that nobody approved: docs/runbook.md#break-glass',
      eventBusName: bus.ref,
      eventPattern: breakGlassPattern,
      targets: [{ id: 'alarms', arn: topicArn, inputTransformer: breakGlassMessage }],
    });
  }
}

/** Whoever listens may take an event for true: no right of the account's own gets past this. */
const announcedByFunctions = ({ eventBusArn, functionRoleArn }: AccessEventsProps['resources']) => ({
  Sid: 'OnlyAnnounced',
  Effect: 'Deny',
  Principal: '*',
  Action: 'events:PutEvents',
  Resource: eventBusArn,
  Condition: {
    ArnNotEquals: { 'aws:PrincipalArn': [...workflowSteps, 'reconcile'].map(functionRoleArn) },
  },
});
