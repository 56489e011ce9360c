import { Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import {
  CfnConfigurationSet,
  CfnConfigurationSetEventDestination,
  CfnEmailIdentity,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { eventRules, mailFeedbackPattern } from '../eventRules.ts';
import type { Resources } from '../installation.ts';
import type { ServiceFunction } from './serviceFunction.ts';

export interface MailIdentityProps {
  resources: Resources;
  /** Told of mails that could not be delivered. */
  feedback: ServiceFunction;
}

/** The sender's domain at SES, how mails leave, and what happens to those that come back. */
export class MailIdentity extends Construct {
  /** CNAME records that prove the domain: DKIM keys, which also let mails pass DMARC. */
  readonly dnsRecords: { name: string; value: string }[];

  constructor(scope: Construct, id: string, { resources, feedback }: MailIdentityProps) {
    super(scope, id);
    const { configurationSet, mailDomain } = resources;
    this.dnsRecords = this.defineIdentity(mailDomain);
    const set = new CfnConfigurationSet(this, 'ConfigurationSet', {
      name: configurationSet,
      // No mail goes out in the clear: it holds an approval token.
      deliveryOptions: { tlsPolicy: 'REQUIRE' },
      reputationOptions: { reputationMetricsEnabled: true },
      suppressionOptions: { suppressedReasons: ['BOUNCE', 'COMPLAINT'] },
      // Tracking would send every link, and so every approval link, through somebody else's host. Off here, even where
      // the account's Virtual Deliverability Manager has it on; and no event destination asks for opens or clicks.
      vdmOptions: { dashboardOptions: { engagementMetrics: 'DISABLED' } },
    });
    this.reportFailures(set, feedback, mailFeedbackPattern(resources));
  }

  private defineIdentity(domain: string): { name: string; value: string }[] {
    const identity = new CfnEmailIdentity(this, 'Identity', {
      emailIdentity: domain,
      dkimAttributes: { signingEnabled: true },
      dkimSigningAttributes: { nextSigningKeyLength: 'RSA_2048_BIT' },
      // Bounces come as events; the sender's mailbox may not exist.
      feedbackAttributes: { emailForwardingEnabled: false },
    });
    return [
      { name: identity.attrDkimDnsTokenName1, value: identity.attrDkimDnsTokenValue1 },
      { name: identity.attrDkimDnsTokenName2, value: identity.attrDkimDnsTokenValue2 },
      { name: identity.attrDkimDnsTokenName3, value: identity.attrDkimDnsTokenValue3 },
    ];
  }

  private reportFailures(set: CfnConfigurationSet, feedback: ServiceFunction, eventPattern: object): void {
    const { account, region } = Stack.of(this);
    new CfnConfigurationSetEventDestination(this, 'Failures', {
      configurationSetName: set.ref,
      eventDestination: {
        name: 'failures',
        enabled: true,
        matchingEventTypes: ['BOUNCE', 'COMPLAINT', 'REJECT', 'RENDERING_FAILURE'],
        eventBridgeDestination: { eventBusArn: `arn:aws:events:${region}:${account}:event-bus/default` },
      },
    });
    const rule = new CfnRule(this, 'FeedbackRule', {
      name: eventRules.mailFeedback.name,
      description: 'Mails that SES could not deliver',
      eventPattern,
      targets: [{ id: 'mailFeedback', arn: feedback.arn }],
    });
    new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: feedback.arn,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
    });
  }
}
