import { type AlarmDefinition, failureAlarm, occurrencesOf } from './alarms.ts';
import type { Settings } from './configuration/settings.ts';
import { functionMetric } from './metrics.ts';
import { trailResourcesOf } from './trailResources.ts';

/** Alarms of the trail's stack. */
export function trailAlarms(service: Settings['service']): AlarmDefinition[] {
  const { bus, queueRule, queue, unreadQueue } = trailResourcesOf(service);
  return [
    {
      name: 'out-of-band',
      impact: 'Somebody has, or had, access to a target account that no request answers for.',
      metrics: occurrencesOf('outOfBand'),
      when: 'once',
    },
    {
      name: 'tampering',
      impact: 'Somebody who does not deploy Countersign changed what keeps it honest.',
      metrics: occurrencesOf('tampering'),
      when: 'once',
    },
    {
      name: 'refused-assume-role',
      impact: 'Somebody tries again and again to assume a role of Countersign; so far in vain.',
      metrics: occurrencesOf('refusedAssumeRole'),
      when: 'lasting',
    },
    {
      name: 'trail-unread',
      impact: 'Events of the watch were not compared with the record: what they show raised no alarm.',
      metrics: [
        {
          namespace: 'AWS/SQS',
          name: 'ApproximateNumberOfMessagesVisible',
          dimensions: { QueueName: unreadQueue },
          statistic: 'Maximum',
        },
      ],
      when: 'once',
    },
    {
      name: 'trail-undelivered',
      impact: 'Events of the watch do not arrive or are not read: what they show raises no alarm.',
      metrics: [
        {
          namespace: 'AWS/Events',
          name: 'FailedInvocations',
          dimensions: { EventBusName: bus, RuleName: queueRule },
        },
      ],
      when: 'once',
    },
    {
      name: 'trail-late',
      impact:
        'Events of the watch wait for more than a quarter of an hour: what they show raises an alarm too late.',
      metrics: [
        {
          namespace: 'AWS/SQS',
          name: 'ApproximateAgeOfOldestMessage',
          dimensions: { QueueName: queue },
          statistic: 'Maximum',
        },
      ],
      when: { above: 900 },
    },
    {
      name: 'trail-silent',
      impact:
        'Nothing arrives of what the watch finds, not even its heartbeat: what it shows raises no alarm.',
      metrics: [functionMetric('Invocations', 'reconcileTrail')],
      when: 'absent',
    },
    failureAlarm('reconcileTrail'),
  ];
}
