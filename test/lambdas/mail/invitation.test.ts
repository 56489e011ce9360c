import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evolveFromNothing } from '#domain/accessRequest.ts';
import type { Wish } from '#domain/newRequest.ts';
import { breakGlassMail, type InvitationKind, invitationMail } from '../../../lambdas/mail/invitation.ts';
import hostile from '../../cases/hostileText.json' with { type: 'json' };
import {
  aCatalogue,
  aMachine,
  aNewRequest,
  anApproval,
  bob,
  carol,
  entitlementIn,
  followedBy,
  type RequestOptions,
} from '../../support/builders.ts';

const token = `cs1.${'Ab-_'.repeat(10)}xyz`;
const baseUrl = 'https://access.example.com';

function invitation(options: RequestOptions & { kind?: InvitationKind; baseUrl?: string } = {}) {
  const { entry, terms, digest } = aNewRequest(options);
  const request = evolveFromNothing(
    { terms, digest },
    { by: 'alice@example.com', window: undefined, catalogue: digest },
  );
  return invitationMail({
    request,
    entry,
    approver: 'bob@example.com',
    token,
    baseUrl,
    kind: 'invitation',
    ...options,
  });
}

const asked = (wish: Partial<Wish>) => invitation({ wish });
const order = { entitlement: 'orders-item', parameters: { order: '1001' } };

/** What a reader of the HTML part reads. */
const wordsOf = (html: string): string =>
  html
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

const linksIn = (html: string): string[] =>
  [...html.matchAll(/href="([^"]*)"/g)].map(([, address]) => address ?? '');
const addressesIn = (text: string): string[] => text.match(/[a-z]+:\/\/\S+/g) ?? [];

/** Everything but the requester's own words. */
const oursInText = (text: string): string[] => text.split('\n').filter((line) => !line.startsWith('> '));
const oursInHtml = (html: string): string => html.replace(/(<blockquote[^>]*>).*?(<\/blockquote>)/gs, '$1$2');
const theirsInHtml = (html: string): string => /<blockquote[^>]*>(.*?)<\/blockquote>/s.exec(html)?.[1] ?? '';

describe('An invitation', () => {
  const mail = asked({
    ...order,
    ticket: 'INC-1001',
    durationSeconds: 5_400,
    justification: 'Correct the address of order 1001',
  });

  it.each([
    ['who asks', 'alice@example.com'],
    ['that the address was verified', 'verified at sign-in'],
    ['as what they may ask', 'orders-team'],
    ['what it is', 'Read and correct one order'],
    ['the entitlement', 'orders-item'],
    ["the account's title", 'Production'],
    ["the account's id", '111122223333'],
    [
      'what it allows',
      'GetItem and UpdateItem in dynamodb on table/orders of account 111122223333 in any region',
    ],
    ['what narrows it', 'Only where order is 1001'],
    ["the parameter's title", "The order's number"],
    ['for how long', '1 hour 30 minutes'],
    ['from when', 'the moment of the last needed approval'],
    ['the ticket', 'INC-1001'],
    ['why', 'Correct the address of order 1001'],
    ['until when to decide', '22 November 2026, 14:00 UTC'],
    ['the request', '01KANB1X000000000000000001'],
    ['whom the link is for', 'bob@example.com'],
  ])('says %s in both its parts', (_what, fact) => {
    expect(mail.text).toContain(fact);
    expect(wordsOf(mail.html)).toContain(fact);
  });

  it('says when a scheduled grant starts', () => {
    const { text, html } = asked({ startAt: '2026-11-23T08:00:30Z' });
    expect(text).toContain('23 November 2026, 08:00:30 UTC');
    expect(wordsOf(html)).toContain('23 November 2026, 08:00:30 UTC');
  });

  it('has exactly one link, the same in both parts: the page, the request and the token in the fragment', () => {
    const link = `${baseUrl}/approve#01KANB1X000000000000000001.${token}`;
    expect(linksIn(mail.html)).toEqual([link]);
    expect(addressesIn(mail.text)).toEqual([link]);
    expect(addressesIn(wordsOf(mail.html))).toEqual([]);
    expect(linksIn(invitation({ baseUrl: `${baseUrl}/` }).html)).toEqual([link]);
  });

  it('has no image, no script, nothing that is loaded, and names its language', () => {
    expect(mail.html).not.toMatch(
      /<(img|script|link|iframe|form|input|object|style)\b|url\(|@import|\son\w+=/i,
    );
    expect(mail.html).toContain('<html lang="en"');
  });

  it('names the requester, the access and the account in its subject, and says why it came', () => {
    const subject = 'alice@example.com asks for access: Read the orders table (Production)';
    expect(invitation().subject).toBe(subject);
    expect(invitation({ kind: 'escalation' })).toMatchObject({
      subject: `Escalated: ${subject}`,
      text: expect.stringContaining('you may decide as well'),
    });
    expect(invitation({ kind: 'reminder' })).toMatchObject({
      subject: `Reminder: ${subject}`,
      text: expect.stringContaining('still waits for a decision'),
    });
  });

  it('says who has approved already, and that they shortened it', () => {
    const { entry, terms, digest } = aNewRequest({ wish: { entitlement: 'orders-admin' } });
    const pending = evolveFromNothing(
      { terms, digest },
      { by: 'alice@example.com', window: undefined, catalogue: digest },
    );
    const request = followedBy(pending, {
      event: 'approved',
      decision: anApproval(carol, { durationSeconds: 600 }),
    });
    const { text } = invitationMail({
      request,
      entry,
      approver: bob.email,
      token,
      baseUrl,
      kind: 'reminder',
    });
    expect(text).toContain('Approved so far by:\n- carol@example.com, for 10 minutes only');
  });

  it('names a machine by its subject', () => {
    const catalogue = aCatalogue((source) => {
      const { issuer, subject } = aMachine;
      source.machines = { deployer: { issuer, subject, account: '444455556666' } };
      entitlementIn(source, 'orders-read').requesters = { machines: ['deployer'] };
    });
    const { subject, text } = invitation({ catalogue, who: aMachine });
    expect(subject).toContain('the machine arn:aws:iam::444455556666:role/deployer asks for access');
    expect(text).toContain('verified by its token; may ask as deployer');
  });
});

describe("The requester's words in an invitation", () => {
  const benign = asked({ justification: 'Look at the order that INC-1001 is about' });

  function expectInert(justification: string): void {
    const mail = asked({ justification });
    expect(mail.subject).toBe(benign.subject);
    expect(oursInText(mail.text)).toEqual(oursInText(benign.text));
    expect(oursInHtml(mail.html)).toBe(oursInHtml(benign.html));
    expect(theirsInHtml(mail.html).replace(/<\/?bdi>|<br>/g, '')).not.toMatch(/[<>]/);
    expect(linksIn(mail.html)).toEqual(linksIn(benign.html));
    expect(addressesIn(mail.text)).toEqual(addressesIn(benign.text));
    expect(mail.text + mail.html).not.toMatch(
      /[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]|(?![\n])\p{Cc}/u,
    );
  }

  it.each(hostile)('change nothing outside their place: $name', ({ text }) => {
    expectInert(`${text} and some more`);
  });

  // With some that can be seen: fewer than the entitlement asks for are refused before there is a mail.
  test.prop([fc.string({ unit: 'binary', maxLength: 950 })])(
    'change nothing outside their place, whatever they are',
    (text) => expectInert(`${text} and some more words`),
  );

  it('are all there, a thousand characters of them', () => {
    const justification = 'reason '.repeat(142).trim();
    const { text, html } = asked({ justification });
    expect(text.match(/reason/g)).toHaveLength(142);
    expect(theirsInHtml(html)).toBe(`<bdi>${justification}</bdi>`);
  });

  it('cannot become a link as a ticket or as a parameter either', () => {
    const catalogue = aCatalogue((source) => {
      const { order: parameter } = entitlementIn(source, 'orders-item').parameters ?? {};
      if (!parameter) throw new RangeError('orders-item has no parameter.');
      delete parameter.pattern;
      parameter.maxLength = 64;
    });
    const wish = {
      entitlement: 'orders-item',
      ticket: 'https://evil.example/t',
      parameters: { order: 'https://evil.example/p <b>' },
    };
    const { text, html } = invitation({ catalogue, wish });
    expect(text).toContain('Ticket: https[:]//evil[.]example/t');
    expect(text).toContain('Only where order is https[:]//evil[.]example/p <b>');
    expect(addressesIn(text)).toHaveLength(1);
    expect(linksIn(html)).toHaveLength(1);
    expect(html).not.toContain('<b>');
  });
});

describe('The mail about break-glass', () => {
  const { entry, terms, digest, window } = aNewRequest({
    who: bob,
    wish: { entitlement: 'orders-admin', breakGlass: true },
  });
  const request = evolveFromNothing({ terms, digest }, { by: bob.email, window, catalogue: digest });
  const mail = breakGlassMail({ request, entry, baseUrl, reviewBy: '2026-11-23T10:00:00Z' });

  it.each([
    'bob@example.com',
    'Change and delete orders',
    'Production (111122223333)',
    '30 minutes',
    'Look at the order that INC-1001 is about',
    'Ends at',
    '22 November 2026, 10:30 UTC',
    '23 November 2026, 10:00 UTC',
    'without an approval',
  ])('says %s in both its parts', (fact) => {
    expect(mail.text).toContain(fact);
    expect(wordsOf(mail.html)).toContain(fact);
  });

  it('links to the request and carries no token', () => {
    expect(mail.subject).toBe(
      'Break-glass: bob@example.com used break-glass: Change and delete orders (Production)',
    );
    expect(linksIn(mail.html)).toEqual([`${baseUrl}/approve#${terms.id}`]);
    expect(addressesIn(mail.text)).toEqual([`${baseUrl}/approve#${terms.id}`]);
    expect(mail.text + mail.html).not.toContain('cs1.');
  });
});
