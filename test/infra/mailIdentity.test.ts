import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventRules } from '#infra/eventRules.ts';
import { matches } from '../support/eventPattern.ts';
import { anOrdersRequest, type Service, startService } from '../support/service.ts';
import { resolved, resourcesOfType, someSettings, synthesized } from '../support/stacks.ts';

const template = synthesized().service;
/** The only resource of a type, references resolved. */
const the = (type: string) => {
  const found = Object.values(resourcesOfType(template, `AWS::${type}`));
  expect(found, type).toHaveLength(1);
  return resolved(template, found[0]?.Properties);
};

describe("The sender's domain", () => {
  test('is proved to SES by DKIM keys, whose DNS records the stack puts out', () => {
    expect(the('SES::EmailIdentity')).toMatchObject({
      EmailIdentity: 'example.com',
      DkimAttributes: { SigningEnabled: true },
      DkimSigningAttributes: { NextSigningKeyLength: 'RSA_2048_BIT' },
    });
    const records = Object.values(template.Outputs ?? {}).map(({ Value }) => JSON.stringify(Value));
    for (const number of [1, 2, 3])
      expect(
        records.some((value) => value.includes(`DkimDNSTokenName${number}`)),
        String(number),
      ).toBe(true);
  });

  test('is that of the sender, with or without a name before it', () => {
    const named = synthesized({
      settings: someSettings((source) => {
        source.mail.sender = 'access@corp.example';
      }),
    }).service;
    const [identity] = Object.values(resourcesOfType(named, 'AWS::SES::EmailIdentity'));
    expect(identity?.Properties.EmailIdentity).toBe('corp.example');
  });
});

describe('Mails', () => {
  test('leave over TLS only, and untracked: an approval link goes through no other host', () => {
    const { DeliveryOptions, TrackingOptions, VdmOptions } = the('SES::ConfigurationSet');
    expect(DeliveryOptions).toEqual({ TlsPolicy: 'REQUIRE' });
    expect(TrackingOptions).toBeUndefined();
    expect(VdmOptions).toEqual({ DashboardOptions: { EngagementMetrics: 'DISABLED' } });
    const { MatchingEventTypes } = the('SES::ConfigurationSetEventDestination').EventDestination;
    expect(MatchingEventTypes).not.toContain('OPEN');
    expect(MatchingEventTypes).not.toContain('CLICK');
  });

  test('that fail are reported on the default bus, the only one that SES writes to', () => {
    const { EventDestination } = the('SES::ConfigurationSetEventDestination');
    expect(EventDestination).toMatchObject({
      Enabled: true,
      MatchingEventTypes: ['BOUNCE', 'COMPLAINT', 'REJECT', 'RENDERING_FAILURE'],
      EventBridgeDestination: { EventBusArn: 'arn:aws:events:us-east-1:999988887777:event-bus/default' },
    });
  });
});

describe('A mail that failed', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService();
  }, 60_000);
  afterAll(() => service.stop());

  const rules = Object.values(resourcesOfType(template, 'AWS::Events::Rule')).map(({ Properties }) =>
    resolved(template, Properties),
  );
  const rule = rules.find(({ Name }) => Name === eventRules.mailFeedback.name);

  /** As SES reports it: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html */
  const report = (detailType: string, detail: object, requestId: string) => ({
    version: '0',
    id: '12a18625-3460-7fbf-9c2f-0b5d7a5e2c11',
    'detail-type': detailType,
    source: 'aws.ses',
    account: '999988887777',
    time: '2026-11-22T10:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:ses:us-east-1:999988887777:configuration-set/countersign'],
    detail: {
      ...detail,
      mail: {
        timestamp: '2026-11-22T10:00:00.000Z',
        messageId: '0100018f-example-000000',
        destination: ['bob@example.com'],
        headersTruncated: false,
        tags: {
          'ses:configuration-set': ['countersign'],
          'ses:from-domain': ['example.com'],
          'countersign-request': [requestId],
        },
      },
    },
  });
  const bounce = (bounceType: string, bounceSubType: string) => ({
    eventType: 'Bounce',
    bounce: {
      bounceType,
      bounceSubType,
      bouncedRecipients: [{ emailAddress: 'bob@example.com', action: 'failed', status: '5.1.1' }],
      timestamp: '2026-11-22T10:00:01.000Z',
      feedbackId: '0100018f-feedback',
    },
  });
  const complaint = {
    eventType: 'Complaint',
    complaint: {
      complainedRecipients: [{ emailAddress: 'bob@example.com' }],
      timestamp: '2026-11-22T10:00:01.000Z',
      feedbackId: '0100018f-feedback',
    },
  };

  /** What the request says of bob's invitation after SES reported on his mail, by the deployed rule. */
  async function afterReport(detailType: string, detail: object): Promise<string | undefined> {
    const { id } = await anOrdersRequest(service);
    await service.tokenFor('bob', id);
    const event = report(detailType, detail, id);
    if (!matches(rule.EventPattern, event)) throw new Error('The rule lets it pass.');
    await service.server.host.invoke('mailFeedback', event);
    const { body } = await service.as('alice').get(`/v1/requests/${id}`);
    return body.invitations.find(({ email }: { email: string }) => email === 'bob@example.com').failed;
  }

  test.each([
    ['bounced for good', 'Email Bounced', bounce('Permanent', 'General'), 'The mail bounced.'],
    [
      'was held back, because one to this address bounced before',
      'Email Bounced',
      bounce('Permanent', 'OnAccountSuppressionList'),
      'The mail bounced.',
    ],
    [
      'came to a full mailbox until SES gave up',
      'Email Bounced',
      bounce('Transient', 'MailboxFull'),
      'The mail bounced.',
    ],
    ['was reported as spam', 'Email Complaint Received', complaint, 'The mail was reported as spam.'],
    [
      'was rejected',
      'Email Rejected',
      { eventType: 'Reject', reject: { reason: 'Bad content' } },
      'The mail service rejected the message.',
    ],
  ])('shows on the request: one that %s', async (_what, detailType, detail, shown) => {
    expect(await afterReport(detailType, detail)).toBe(shown);
  });

  test('is not one that somebody on holiday answers by machine', async () => {
    expect(await afterReport('Email Bounced', bounce('Transient', 'General'))).toBeUndefined();
  });

  test('of another sender in this account is let be', () => {
    const event = report('Email Bounced', bounce('Permanent', 'General'), '01KAMRZ1V5YH3M4T0D8QG2W7XN');
    event.detail.mail.tags['ses:configuration-set'] = ['newsletter'];
    expect(matches(rule.EventPattern, event)).toBe(false);
  });

  test('reaches the function by that rule only', () => {
    expect(rule.Targets.map(({ Arn }: { Arn: string }) => Arn)).toEqual([
      'arn:aws:lambda:us-east-1:999988887777:function:countersign-mail-feedback',
    ]);
    const permissions = Object.values(resourcesOfType(template, 'AWS::Lambda::Permission'))
      .map(({ Properties }) => resolved(template, Properties))
      .filter(({ FunctionName }) => FunctionName.endsWith(':countersign-mail-feedback'));
    expect(permissions).toMatchObject([
      {
        Principal: 'events.amazonaws.com',
        SourceArn: 'arn:aws:events:us-east-1:999988887777:rule/countersign-mail-feedback',
      },
    ]);
  });
});
