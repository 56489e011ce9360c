import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { eventNames } from '#domain/history.ts';
import {
  accessEventSchema,
  accessEvents,
  detailTypeOf,
  eventsJsonSchema,
  eventsTable,
} from '#infra/accessEvent.ts';
import { breakGlassPattern, eventRules } from '#infra/eventRules.ts';
import { type DeployedRole, deployedRoles, isAllowed } from '../support/deployedPolicies.ts';
import { matches } from '../support/eventPattern.ts';
import { transformed } from '../support/inputTransformer.ts';
import {
  anActiveGrant,
  anOrdersRequest,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { resolved, resourcesOfType, synthesized } from '../support/stacks.ts';
import { type RequestTable, requestTableOf } from '../support/table.ts';

interface SentEvent {
  source: string;
  'detail-type': string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what it holds is what is tested.
  detail: any;
}

const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

describe('The documents', () => {
  test('say what the schema says: else run node infra/writeEventDocuments.ts', () => {
    const schema = readFileSync(new URL('../../docs/events.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(schema)).toEqual(eventsJsonSchema());
    expect(page).toContain(`<!-- events -->\n${eventsTable()}\n<!-- /events -->`);
  });

  test('show an event as it is', () => {
    const { detail, ...envelope } = JSON.parse(block('json'));
    expect(accessEventSchema.parse(detail)).toEqual(detail);
    expect(envelope).toEqual({ source: 'countersign', 'detail-type': detailTypeOf(detail.event) });
  });
});

describe('What goes out, of each kind', () => {
  let service: Service;
  let table: RequestTable;
  let events: SentEvent[];

  beforeAll(async () => {
    service = await startService();
    table = requestTableOf(service);
    await everyEnding();
    events = await eventually('every event', async () => {
      const sent = sentEvents();
      return eventNames.every((name) => sent.some(({ detail }) => detail.event === name)) && sent;
    });
  }, 90_000);
  afterAll(() => service.stop());

  const sentEvents = (): SentEvent[] =>
    service.server.aws.events().map(({ Source, DetailType, Detail }) => ({
      source: Source,
      'detail-type': DetailType,
      detail: JSON.parse(Detail),
    }));
  const post = (user: string, id: string, command: string, body: object = {}) =>
    service.as(user).post(`/v1/requests/${id}/${command}`, body);

  /** Requests that between them end in every way there is. */
  async function everyEnding(): Promise<void> {
    const [cancelled, denied, expired, altered] = (await Promise.all(
      Array.from({ length: 4 }, async () => (await anOrdersRequest(service)).id),
    )) as [string, string, string, string];
    await post('alice', cancelled, 'cancel');
    await post('bob', denied, 'decision', { decision: 'deny' });
    const { id: returned } = await anActiveGrant(service);
    await post('alice', returned, 'return');
    const { id: revoked } = await anActiveGrant(service);
    await post('bob', revoked, 'revoke', { reason: 'No longer needed' });
    const { id: urgent } = await anOrdersRequest(
      service,
      { entitlement: 'orders-admin', breakGlass: true, duration: 'PT30M' },
      'bob',
    );
    await untilStatus(service, 'bob', urgent, 'active');
    await post('carol', urgent, 'review', { verdict: 'justified', comment: 'The outage was real' });

    const token = await service.tokenFor('bob', altered);
    await table.asleep(altered);
    await table.edit(altered, (stored) => ({
      ...stored,
      request: { ...stored.request, terms: { ...stored.request.terms, justification: 'Another one' } },
    }));
    await post('bob', altered, 'decision', { decision: 'approve', token });
    await untilStatus(service, 'alice', altered, 'failed');

    const { id: ended } = await anActiveGrant(service);
    await service.advance('PT5H');
    await untilStatus(service, 'alice', ended, 'ended');
    await untilStatus(service, 'alice', expired, 'expired');
  }

  test.each(eventNames)('is as documented: %s', (name) => {
    const sent = events.filter(({ detail }) => detail.event === name);
    expect(sent).not.toEqual([]);
    for (const { source, 'detail-type': detailType, detail } of sent) {
      // Parsing drops what the schema does not know.
      expect(accessEventSchema.parse(detail)).toEqual(detail);
      expect([source, detailType]).toEqual(['countersign', detailTypeOf(name)]);
      const { window } = accessEvents[name];
      const saysWindow = 'startsAt' in detail && 'endsAt' in detail;
      if (window !== 'once it is fixed') expect(saysWindow).toBe(window === 'yes');
      if (detail.breakGlass && name === 'requested') expect(saysWindow).toBe(true);
    }
  });

  test('come from the functions that announce, and from nobody else, whatever their rights', async () => {
    const stacks = synthesized();
    const bus = 'arn:aws:events:us-east-1:999988887777:event-bus/countersign';
    const [policy] = Object.values(resourcesOfType(stacks.service, 'AWS::Events::EventBusPolicy'));
    const resourcePolicy = {
      Version: '2012-10-17' as const,
      Statement: [resolved(stacks.service, policy?.Properties.Statement)],
    };
    const puts = (by: DeployedRole | { administratorOf: string }) =>
      isAllowed({ by, action: 'events:PutEvents', resource: bus, account: '999988887777', resourcePolicy });
    const announcing = [];
    for (const role of deployedRoles(stacks)) if (await puts(role)) announcing.push(role.name);
    expect(announcing.sort()).toEqual(
      ['end-grant', 'issue-session', 'notify-approvers', 'reconcile'].map((name) => `countersign-${name}`),
    );
    expect(await puts({ administratorOf: '999988887777' })).toBe(false);
  });

  test('of break-glass, one word goes to those who get alarms, as a sentence that says who, what and until when', () => {
    const { service: template } = synthesized();
    const rules = Object.values(resourcesOfType(template, 'AWS::Events::Rule')).map(({ Properties }) =>
      resolved(template, Properties),
    );
    const rule = rules.find(({ Name }) => Name === eventRules.breakGlass.name);
    expect(rule.EventPattern).toEqual(breakGlassPattern);
    const told = events.filter((event) => matches(rule.EventPattern, event));
    expect(told.map(({ detail }) => [detail.event, detail.breakGlass])).toEqual([['requested', true]]);
    const [target] = rule.Targets;
    expect(target.Arn).toBe('arn:aws:sns:us-east-1:999988887777:countersign-alarms');
    expect(told.map((event) => JSON.parse(transformed(target.InputTransformer, event)))).toEqual([
      expect.stringMatching(
        /^Break-glass: bob@example\.com took orders-admin \(arn:aws:iam::111122223333:role\/countersign-orders-admin\) without approval, until 20[\dT:-]+Z\. Request \w{26}\. What to do: docs\/runbook\.md#break-glass$/,
      ),
    ]);
  });

  test('reaches a chat channel by the rule in the documentation, in the form that the channel takes', () => {
    const { Properties } = parse(block('yaml')).Resources.Rule;
    expect(Properties.EventBusName).toBe('countersign');
    const shown = events.filter((event) => matches(Properties.EventPattern, event));
    expect(new Set(shown.map(({ detail }) => detail.event))).toEqual(
      new Set(['requested', 'approved', 'denied', 'revoked', 'failed']),
    );
    for (const event of shown)
      expect(JSON.parse(transformed(Properties.Targets[0].InputTransformer, event))).toEqual({
        version: '1.0',
        source: 'custom',
        content: {
          textType: 'client-markdown',
          title: `${event.detail.entitlement}: ${event.detail.event}`,
          description: expect.stringContaining(event.detail.requestId),
        },
      });
  });
});
