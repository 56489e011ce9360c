import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Mail } from '../mail/mailLayout.ts';
import { log } from '../runtime/log.ts';

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

/** `refused`: SES will never take this mail, so trying again is useless. `failed`: an outage, worth another try. */
export type Delivery = 'sent' | 'refused' | 'failed';

const forGood = new Set(['MessageRejected', 'BadRequestException']);

/** Sends a mail and says what came of it: a mail service that is down must not hold up access or its end. */
export async function deliver(sendMail: SendMail, letter: Letter): Promise<Delivery> {
  try {
    await sendMail(letter);
    return 'sent';
  } catch (error) {
    const outcome = error instanceof Error && forGood.has(error.name) ? 'refused' : 'failed';
    log('error', outcome === 'refused' ? 'mailRefused' : 'mailLater', { requestId: letter.requestId, error });
    return outcome;
  }
}
