import { randomUUID } from 'node:crypto';
import type { AwsCall, JsonObject } from '../call.ts';
import type { DeliveredEvent } from './events.ts';
import type { SentMail } from './mail.ts';

const simulatorDomain = 'simulator.amazonses.com';

/** What the mailbox simulator does with a mail, by the local part of the address (labels after `+` allowed). */
const feedbackOf: Readonly<Record<string, (recipient: string, time: string) => Feedback>> = {
  success: (recipient, time) => ({
    detailType: 'Email Delivered',
    eventType: 'Delivery',
    detail: {
      delivery: { timestamp: time, recipients: [recipient], smtpResponse: '250 2.6.0 Message received' },
    },
  }),
  bounce: (recipient, time) => bounce(recipient, time, 'General', 'smtp; 550 5.1.1 user unknown'),
  suppressionlist: (recipient, time) =>
    bounce(recipient, time, 'Suppressed', 'Amazon SES has suppressed sending to this address'),
  complaint: (recipient, time) => ({
    detailType: 'Email Complaint Received',
    eventType: 'Complaint',
    detail: {
      complaint: {
        feedbackId: randomUUID(),
        complaintSubType: null,
        complainedRecipients: [{ emailAddress: recipient }],
        timestamp: time,
        complaintFeedbackType: 'abuse',
      },
    },
  }),
};

interface Feedback {
  detailType: string;
  eventType: string;
  detail: JsonObject;
}

function bounce(recipient: string, time: string, bounceSubType: string, diagnosticCode: string): Feedback {
  const bounced = { emailAddress: recipient, action: 'failed', status: '5.1.1', diagnosticCode };
  return {
    detailType: 'Email Bounced',
    eventType: 'Bounce',
    detail: {
      bounce: {
        feedbackId: randomUUID(),
        bounceType: 'Permanent',
        bounceSubType,
        bouncedRecipients: [bounced],
        timestamp: time,
      },
    },
  };
}

/** The events that SES puts on the default bus after a mail to the mailbox simulator. */
export function feedbackEvents(mail: SentMail, identityArn: string, call: AwsCall): DeliveredEvent[] {
  return [...mail.to, ...mail.cc, ...mail.bcc].flatMap((recipient) => {
    const [local = '', domain = ''] = recipient.toLowerCase().split('@');
    const feedback = domain === simulatorDomain ? feedbackOf[local.replace(/\+.*$/, '')] : undefined;
    if (feedback === undefined) return [];
    const { detailType, eventType, detail } = feedback(recipient, mail.sentAt);
    return [
      {
        account: mail.account,
        EventId: randomUUID(),
        Source: 'aws.ses',
        DetailType: detailType,
        Detail: JSON.stringify({ eventType, ...detail, mail: mailDetail(mail, identityArn) }),
        EventBusName: `arn:aws:events:${call.region}:${mail.account}:event-bus/default`,
        Resources: [identityArn],
        Time: mail.sentAt,
      },
    ];
  });
}

function mailDetail(mail: SentMail, identityArn: string): JsonObject {
  return {
    timestamp: mail.sentAt,
    source: mail.from,
    sourceArn: identityArn,
    sendingAccountId: mail.account,
    messageId: mail.messageId,
    destination: [...mail.to, ...mail.cc, ...mail.bcc],
    headersTruncated: false,
    headers: [
      { name: 'From', value: mail.from },
      { name: 'To', value: mail.to.join(', ') },
      { name: 'Subject', value: mail.subject },
      ...Object.entries(mail.headers).map(([name, value]) => ({ name, value })),
    ],
    commonHeaders: { from: [mail.from], to: mail.to, messageId: mail.messageId, subject: mail.subject },
    tags: Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]])),
  };
}
