import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type AlarmDefinition, serviceAlarms } from '#infra/alarms.ts';
import { eventRules } from '#infra/eventRules.ts';
import { functionNames, functions } from '#infra/functions.ts';
import { functionResourceName, placeOf, resourcesOf } from '#infra/installation.ts';
import { trailAlarms } from '#infra/trailAlarms.ts';
import { resolved, resourcesOfType, someSettings, synthesized } from '../support/stacks.ts';

const { all, service } = synthesized();
const settings = someSettings();
const resources = resourcesOf(placeOf(settings));
const definitions: AlarmDefinition[] = [...serviceAlarms(resources), ...trailAlarms(settings.service)];
const root = fileURLToPath(new URL('../..', import.meta.url));
const runbook = readFileSync(`${root}/docs/runbook.md`, 'utf8');

/** Every alarm of every template, references resolved. */
const alarms = Object.values(all).flatMap((template) =>
  Object.values(resourcesOfType(template, 'AWS::CloudWatch::Alarm')).map(({ Properties }) =>
    resolved(template, Properties),
  ),
);
const alarmNamed = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `countersign-${name}`);

describe('The runbook', () => {
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');
  const articles = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

  test('has an article for every alarm, and for the word of break-glass, and no other', () => {
    const named = alarms.map(
      ({ AlarmDescription }) => /docs\/runbook\.md#([\w-]+)$/.exec(AlarmDescription)?.[1],
    );
    expect([...named, 'break-glass'].sort()).toEqual(articles.sort());
  });

  test('says in every article what it means, who is hurt, where to look, what to do and when it is over', () => {
    for (const article of runbook.split(/^### /m).slice(1))
      expect(
        [...article.matchAll(/^- \*\*(\w+)\*\* /gm)].map(([, word]) => word),
        article.split('\n')[0],
      ).toEqual(['Means', 'Hurt', 'Look', 'Do', 'Over']);
  });

  test('names the alarms that tell when they are over', () => {
    const [sentence = ''] = /A second one[\s\S]*?\.\n/.exec(runbook) ?? [];
    const named = [...sentence.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
    const states = definitions.filter(({ when }) => when !== 'once').map(({ name }) => name);
    expect(named.sort()).toEqual(states.sort());
  });

  test('points only to articles that exist', () => {
    for (const [, anchor] of runbook.matchAll(/\]\(#([\w-]+)\)/g)) expect(articles).toContain(anchor);
  });

  test('has commands that bash can read', () => {
    const blocks = [...runbook.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(0);
    for (const input of blocks) execFileSync('bash', ['-n'], { input });
  });

  test('asks the logs for events that are logged', () => {
    const logged = [...eventsLoggedAs('info', 'warn', 'error')];
    for (const [, event] of runbook.matchAll(/`seen (\w+)/g)) expect(logged).toContain(event);
  });

  test('names functions and log groups that are deployed', () => {
    const deployed = functionNames.map(functionResourceName);
    for (const [, name = ''] of runbook.matchAll(/\/aws\/lambda\/(countersign-[a-z-]*[a-z])/g))
      expect(deployed).toContain(name);
  });
});

describe('Every alarm', () => {
  test.each(alarms.map((alarm) => [alarm.AlarmName, alarm] as const))(
    '%s says who is hurt, and tells the topic',
    (name, alarm) => {
      const definition = definitions.find((candidate) => `countersign-${candidate.name}` === name);
      expect(definition?.impact.length).toBeGreaterThan(20);
      expect(alarm.AlarmDescription.startsWith(definition?.impact)).toBe(true);
      expect(alarm.AlarmDescription.length).toBeLessThanOrEqual(1_024);
      expect(alarm.AlarmActions).toEqual([resources.alarmTopicArn]);
    },
  );

  test('about something that is counted takes the greatest count: nobody brings it back to nothing', () => {
    const counted = alarms.filter(({ Metrics }) => JSON.stringify(Metrics).includes('"Countersign"'));
    expect(counted.length).toBeGreaterThan(5);
    for (const { AlarmName, Metrics } of counted) {
      for (const { MetricStat, Expression } of Metrics)
        expect(MetricStat?.Stat ?? Expression, AlarmName).toMatch(/^(Maximum|MAX\(METRICS\(\)\))$/);
    }
  });

  test('looks at ten metrics at most', () => {
    for (const { Metrics } of alarms) {
      expect(
        Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat).length,
      ).toBeLessThanOrEqual(10);
      expect(Metrics.filter(({ ReturnData }: { ReturnData: boolean }) => ReturnData)).toHaveLength(1);
    }
  });

  test('about something that happened never takes it back; about a state tells when it is over', () => {
    for (const { name, when } of definitions)
      expect(alarmNamed(name).OKActions, name).toEqual(
        when === 'once' ? undefined : [resources.alarmTopicArn],
      );
  });
});

/** Events that the functions log on one of these levels. */
function eventsLoggedAs(...levels: string[]): Set<string> {
  const files = readdirSync(`${root}/lambdas`, { recursive: true, encoding: 'utf8' });
  const calls = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(`${root}/lambdas/${file}`, 'utf8').matchAll(/\blog\(([^,{]*),([^{]*)\{/g),
    ]);
  const names = calls.flatMap(([, level = '', event = '']) =>
    levels.some((each) => level.includes(`'${each}'`))
      ? [...event.matchAll(/(?<!=== )'(\w+)'/g)].map(([, name = '']) => name)
      : [],
  );
  return new Set(names);
}

describe('What functions log as going wrong', () => {
  const watched = new Set(
    definitions.flatMap(({ metrics }) => metrics.map(({ dimensions }) => dimensions.event)),
  );
  /** Seen by another alarm than one that counts them. */
  const seenOtherwise: Record<string, string> = {
    // The answer to the caller, once `noEvidence` is logged.
    refused: 'no-evidence',
    // Is answered with 500.
    unhandled: 'api-errors',
    // Is tried again, and in the end lies in the queue of what could not be read.
    trailUnread: 'trail-unread',
  };

  test('raises an alarm, every event of it', () => {
    const events = [...eventsLoggedAs('warn', 'error')];
    expect(events.length).toBeGreaterThan(15);
    for (const event of events)
      expect(watched.has(event) || alarmNamed(seenOtherwise[event] ?? '') !== undefined, event).toBe(true);
  });

  test('is what the alarms wait for: no alarm counts an event that nobody logs', () => {
    const logged = [...eventsLoggedAs('warn', 'error')];
    for (const event of watched) if (event !== undefined) expect(logged).toContain(event);
  });
});

describe('A function that fails', () => {
  test.each(functionNames.filter((name) => name !== 'authorizer'))('raises an alarm: %s', (name) => {
    const alarm = alarmNamed(`${functionResourceName(name).replace('countersign-', '')}-fails`);
    expect(alarm.AlarmDescription).toContain(functions[name].failureImpact);
    expect(alarm.Metrics[0].MetricStat.Metric).toEqual({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: functionResourceName(name) }],
    });
  });

  test('the authorizer, which throws at every stranger, is heard by the 500 that the gateway answers', () => {
    expect(alarmNamed('authorizer-fails')).toBeUndefined();
    expect(alarmNamed('api-errors').Metrics[0].MetricStat.Metric).toEqual({
      Namespace: 'AWS/ApiGateway',
      MetricName: '5XXError',
      Dimensions: [
        { Name: 'ApiName', Value: 'countersign' },
        { Name: 'Stage', Value: 'access' },
      ],
    });
  });
});

test('Silence of reconcile is an alarm, and so is a metric that is not there', () => {
  expect(alarmNamed('reconcile-silent')).toMatchObject({
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    TreatMissingData: 'breaching',
  });
});

test('Alarms about events look at rules that are deployed', () => {
  const deployed = Object.values(resourcesOfType(service, 'AWS::Events::Rule')).map(
    ({ Properties }) => Properties.Name,
  );
  expect(
    Object.values(eventRules)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(deployed.sort());
});

describe('The topic of alarms', () => {
  const [topicPolicy] = Object.values(resourcesOfType(service, 'AWS::SNS::TopicPolicy')).map(
    ({ Properties }) => resolved(service, Properties),
  );

  test("takes messages from this account's alarms and from EventBridge only, over TLS only", () => {
    const { Statement } = topicPolicy.PolicyDocument;
    const allowed = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    expect(allowed).toMatchObject([
      {
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: {
          ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:999988887777:alarm:countersign-*' },
        },
      },
      { Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish' },
    ]);
    expect(Statement.find(({ Effect }: { Effect: string }) => Effect === 'Deny')).toMatchObject({
      Principal: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  test('is encrypted with the key of the installation, and mails everybody whom the settings name', () => {
    const [topic] = Object.values(resourcesOfType(service, 'AWS::SNS::Topic'));
    expect(resolved(service, topic?.Properties.KmsMasterKeyId)).toMatch(
      /^arn:aws:kms:us-east-1:999988887777:key\//,
    );
    const told = Object.values(resourcesOfType(service, 'AWS::SNS::Subscription')).map(({ Properties }) => [
      Properties.Protocol,
      Properties.Endpoint,
    ]);
    expect(told).toEqual(settings.alarms.to.map((address) => ['email', address]));
  });
});

describe('The dashboard', () => {
  const [dashboard] = Object.values(resourcesOfType(service, 'AWS::CloudWatch::Dashboard'));
  const { widgets } = JSON.parse(resolved(service, dashboard?.Properties.DashboardBody));
  const text = JSON.stringify(widgets);

  test('shows every alarm, of the service and of the trail', () => {
    const [first] = widgets;
    expect(first.properties.alarms.sort()).toEqual(
      alarms.map(({ AlarmName }) => `arn:aws:cloudwatch:us-east-1:999988887777:alarm:${AlarmName}`).sort(),
    );
  });

  test('asks functions and log groups that are deployed', () => {
    const names = Object.values(resourcesOfType(service, 'AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.FunctionName,
    );
    for (const [, name] of text.matchAll(/"FunctionName","([\w-]+)"/g)) expect(names).toContain(name);
    const groups = Object.values(resourcesOfType(service, 'AWS::Logs::LogGroup')).map(
      ({ Properties }) => Properties.LogGroupName,
    );
    for (const [, group] of text.matchAll(/SOURCE '([\w/-]+)'/g)) expect(groups).toContain(group);
  });
});
