import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Mail } from '../mail/mailLayout.ts';

export interface Letter {
  to: string;
  requestId: string;
  mail: Mail;
}

/** Sends one mail to one person. Rejects with the SES error. */
export type SendMail = (letter: Letter) => Promise<void>;

export const mailerWith =
  (ses: SESv2Client, { sender, configurationSet }: { sender: string; configurationSet: string }): SendMail =>
  async ({ to, requestId, mail: { subject, text, html } }) => {
    const Charset = 'UTF-8';
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: sender,
        Destination: { ToAddresses: [to] },
        ConfigurationSetName: configurationSet,
        // Comes back with bounces and complaints, so that they find their request.
        EmailTags: [{ Name: 'countersign-request', Value: requestId }],
        Content: {
          Simple: {
            Subject: { Data: subject, Charset },
            Body: { Text: { Data: text, Charset }, Html: { Data: html, Charset } },
            Headers: [
              { Name: 'X-Countersign-Request', Value: requestId },
              { Name: 'Auto-Submitted', Value: 'auto-generated' },
              { Name: 'X-Auto-Response-Suppress', Value: 'All' },
            ],
          },
        },
      }),
    );
  };
