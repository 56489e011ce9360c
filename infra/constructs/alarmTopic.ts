import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../configuration/settings.ts';
import type { PolicyDocument, Statement } from '../definitions.ts';
import { placeOf, resourcesOf } from '../installation.ts';

export interface AlarmTopicProps {
  settings: Settings;
  dataKeyArn: string;
}

/** Where alarms go: by mail to those whom the settings name. Each confirms the subscription once. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { settings, dataKeyArn }: AlarmTopicProps) {
    super(scope, id);
    const { alarmTopic, alarmTopicArn } = resourcesOf(placeOf(settings));
    const topic = new CfnTopic(this, 'Topic', {
      topicName: alarmTopic,
      displayName: 'Countersign',
      kmsMasterKeyId: dataKeyArn,
    });
    this.arn = topic.ref;
    new CfnTopicPolicy(this, 'Policy', {
      topics: [topic.ref],
      policyDocument: topicPolicy(settings.service, alarmTopicArn),
    });
    for (const address of settings.alarms.to)
      new CfnSubscription(this, `Mail-${address}`, {
        topicArn: topic.ref,
        protocol: 'email',
        endpoint: address,
      });
  }
}

/** Only alarms of this account, and EventBridge for the rules about break-glass and about the way of alarms, may publish here. */
function topicPolicy({ account, region }: Settings['service'], Resource: string): PolicyDocument {
  const publish = (Sid: string, Service: string, Condition?: Statement['Condition']): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: { Service },
    Action: 'sns:Publish',
    Resource,
    ...(Condition && { Condition }),
  });
  const alarms = `arn:aws:cloudwatch:${region}:${account}:alarm:countersign-*`;
  return {
    Version: '2012-10-17',
    Statement: [
      publish('Alarms', 'cloudwatch.amazonaws.com', { ArnLike: { 'aws:SourceArn': alarms } }),
      // EventBridge sends SNS no context that a condition could look at: with one, nothing would ever arrive.
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
      publish('Rules', 'events.amazonaws.com'),
      {
        Sid: 'OnlyEncrypted',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}
