import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parseArn } from '../arn.ts';
import { AwsError } from '../awsError.ts';
import type { AwsCall, Permission, PreparedCall, Service } from '../call.ts';
import type { DeliveredEvent } from './events.ts';
import type { Mailbox, SentMail } from './mail.ts';
import { feedbackEvents } from './mailFeedback.ts';

const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';

const content = z.object({ Data: z.string(), Charset: z.string().optional() });
const header = z.object({
  Name: z
    .string()
    .regex(/^[!-9;-@A-~]+$/)
    .min(1)
    .max(126),
  Value: z
    .string()
    .regex(/^[ -~]*$/)
    .min(1)
    .max(995),
});
const tag = z.object({
  Name: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/),
  Value: z.string().regex(/^[A-Za-z0-9_.@-]{1,256}$/),
});
const simple = z.object({
  Subject: content,
  Body: z.object({ Text: content.optional(), Html: content.optional() }),
  Headers: z.array(header).max(15).optional(),
});
const sendEmailSchema = z.looseObject({
  FromEmailAddress: z.string().max(320).optional(),
  FromEmailAddressIdentityArn: z.string().optional(),
  Destination: z
    .object({
      ToAddresses: z.array(z.string()).default([]),
      CcAddresses: z.array(z.string()).default([]),
      BccAddresses: z.array(z.string()).default([]),
    })
    .optional(),
  ReplyToAddresses: z.array(z.string()).default([]),
  Content: z.object({
    Simple: simple.optional(),
    Raw: z.unknown().optional(),
    Template: z.unknown().optional(),
  }),
  EmailTags: z.array(tag).default([]),
  ConfigurationSetName: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
});

type SendEmail = z.infer<typeof sendEmailSchema>;

/** Headers that SES writes itself, from the request's own fields. */
const reservedHeaders = new Set(
  'bcc cc content-disposition content-transfer-encoding content-type date dkim-signature from message-id mime-version reply-to return-path sender subject to'.split(
    ' ',
  ),
);

const maxRecipients = 50;

/** SES v2: SendEmail with simple content. Mails stay in the mailbox; the simulator's addresses answer with events. */
export function createSes(mailbox: Mailbox, deliver: (event: DeliveredEvent) => void): Service {
  return {
    SendEmail(parameters, call): PreparedCall {
      const request = parse(parameters);
      const mail = readMail(request, call);
      const permissions = sendPermissions(request, mail, call);
      const identityArn = permissions[0]?.resource ?? '';
      return {
        permissions,
        trail: {
          readOnly: false,
          dataEvent: true,
          requestParameters: {
            fromEmailAddress: request.FromEmailAddress,
            destination: hidden,
            content: hidden,
            configurationSetName: request.ConfigurationSetName,
          },
          resources: permissions.map(({ resource, resourceAccount }, index) => ({
            accountId: resourceAccount,
            type: index === 0 ? 'AWS::SES::EmailIdentity' : 'AWS::SES::ConfigurationSet',
            ARN: resource,
          })),
        },
        run() {
          mailbox.add(mail);
          for (const event of feedbackEvents(mail, identityArn, call)) deliver(event);
          return { output: { MessageId: mail.messageId }, responseElements: { messageId: mail.messageId } };
        },
      };
    },
  };
}

const badRequest = (message: string): AwsError => new AwsError('BadRequestException', message);

function parse(parameters: unknown): SendEmail {
  const result = sendEmailSchema.safeParse(parameters);
  if (result.success) return result.data;
  const { path = [], message = '' } = result.error.issues[0] ?? {};
  throw badRequest(`Value at '${path.join('.')}' is not valid: ${message}`);
}

function readMail(request: SendEmail, call: AwsCall): SentMail {
  const { Content, Destination, FromEmailAddress } = request;
  if (Content.Simple === undefined)
    throw badRequest('This endpoint accepts simple content only, no raw or templated mail.');
  const { Subject, Body, Headers = [] } = Content.Simple;
  const recipients = Destination ?? { ToAddresses: [], CcAddresses: [], BccAddresses: [] };
  const [to, cc, bcc] = [recipients.ToAddresses, recipients.CcAddresses, recipients.BccAddresses];
  const count = to.length + cc.length + bcc.length;
  if (count === 0) throw badRequest('Destination is required.');
  if (count > maxRecipients) throw badRequest(`Recipient count exceeds ${maxRecipients}.`);
  for (const address of [FromEmailAddress ?? '', ...to, ...cc, ...bcc, ...request.ReplyToAddresses])
    bareAddress(address);
  refuseBadHeaders(Subject.Data, Headers);
  if (Body.Text === undefined && Body.Html === undefined) throw badRequest('Body must have text or HTML.');
  return {
    messageId: `${call.time.toString(16).padStart(16, '0')}-${randomBytes(16).toString('hex')}-000000`,
    account: call.session.account,
    from: FromEmailAddress ?? '',
    to,
    cc,
    bcc,
    replyTo: request.ReplyToAddresses,
    subject: Subject.Data,
    ...(Body.Text && { text: Body.Text.Data }),
    ...(Body.Html && { html: Body.Html.Data }),
    headers: Object.fromEntries(Headers.map(({ Name, Value }) => [Name, Value])),
    tags: Object.fromEntries(request.EmailTags.map(({ Name, Value }) => [Name, Value])),
    ...(request.ConfigurationSetName && { configurationSet: request.ConfigurationSetName }),
    sentAt: new Date(call.time).toISOString(),
  };
}

/** The address in `Name <address>` or alone. SES takes ASCII only: other characters must be encoded. */
function bareAddress(text: string): string {
  const address = /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text;
  const wellFormed =
    /^[!#$%&'*+/=?^_`{|}~.\w-]{1,64}@(?=.{1,255}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$/;
  if (!wellFormed.test(address) || !/^[ -~]+$/.test(text))
    throw badRequest(`Illegal address: ${JSON.stringify(text)}`);
  return address;
}

function refuseBadHeaders(subject: string, headers: { Name: string; Value: string }[]): void {
  if (/[\r\n]/.test(subject)) throw badRequest('Header value contains a line break: Subject.');
  for (const { Name, Value } of headers) {
    if (Name.length + Value.length > 996) throw badRequest(`Header is too long: ${Name}.`);
    if (reservedHeaders.has(Name.toLowerCase())) throw badRequest(`Header cannot be set: ${Name}.`);
  }
}

/** The sending identity (the domain of the sender unless the request names one) and the configuration set. */
function sendPermissions(request: SendEmail, mail: SentMail, call: AwsCall): Permission[] {
  const from = bareAddress(mail.from);
  const base = `arn:aws:ses:${call.region}:${call.session.account}`;
  const identity =
    request.FromEmailAddressIdentityArn ?? `${base}:identity/${from.slice(from.indexOf('@') + 1)}`;
  const parsed = parseArn(identity);
  if (parsed?.service !== 'ses' || !/^identity\/[\w.@+-]+$/.test(parsed.resource))
    throw badRequest(`Not the ARN of an email identity: ${identity}`);
  const displayName = /^(.*?)\s*<[^<>]*>\s*$/.exec(mail.from)?.[1]?.replace(/^"|"$/g, '');
  const context = {
    'ses:ApiVersion': '2',
    'ses:FromAddress': from,
    'ses:Recipients': [...mail.to, ...mail.cc, ...mail.bcc].map(bareAddress),
    ...(displayName && { 'ses:FromDisplayName': displayName }),
  };
  const action = 'ses:SendEmail';
  const set = request.ConfigurationSetName;
  return [
    { action, resource: identity, resourceAccount: parsed.account, context },
    ...(set === undefined
      ? []
      : [
          {
            action,
            resource: `${base}:configuration-set/${set}`,
            resourceAccount: call.session.account,
            context,
          },
        ]),
  ];
}
