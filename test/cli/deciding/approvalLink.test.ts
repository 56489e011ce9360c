import { describe, expect, test } from 'vitest';
import { approvalLinkOf } from '../../../cli/deciding/approvalLink.ts';
import { ids } from '../requests/aRememberedRequest.ts';

const [requestId] = ids;
const token = `cs1.${'Ab-_'.repeat(10)}xyz`;
const service = 'https://access.example.com/team/';

describe('the link of a mail', () => {
  test.each([
    ['whole', `https://access.example.com/approve#${requestId}.${token}`],
    ['with blanks around it', `  https://access.example.com/approve#${requestId}.${token}\n`],
    ['what stands after its #', `${requestId}.${token}`],
  ])('is read: %s', (_, text) => {
    expect(approvalLinkOf(text, service)).toEqual({ requestId, token });
  });

  test.each([`https://access.example.com/approve#${requestId}`, requestId])(
    'may name a request without a token: %s',
    (text) => {
      expect(approvalLinkOf(text, service)).toEqual({ requestId });
    },
  );

  test.each([
    `https://access.example.com.evil.example/approve#${requestId}.${token}`,
    `https://access.example.com@evil.example/approve#${requestId}.${token}`,
    `http://access.example.com/approve#${requestId}.${token}`,
    `https://access.example.com:8443/approve#${requestId}.${token}`,
    `//access.example.com/approve#${requestId}.${token}`,
    `evil#${requestId}.${token}`,
    `${requestId}.${token}#`,
  ])('that leads elsewhere is refused, and its token stands nowhere: %s', (text) => {
    const reading = (): unknown => approvalLinkOf(text, service);
    expect(reading).toThrow(/^This link leads to .* Nothing was sent\./);
    expect(reading).not.toThrow(token);
  });

  test.each([
    ['a token alone', token, 'does not say which request'],
    ['half a token', `${requestId}.cs1.`, 'a part of it is missing'],
    ['another token', `${requestId}.eyJhbGciOiJub25lIn0`, 'a part of it is missing'],
    ['half an id', 'https://access.example.com/approve#01KAQ3', 'a part of it is missing'],
    ['the page', 'https://access.example.com/approve', 'a part of it is missing'],
    ['nothing', '', 'a part of it is missing'],
  ])('that is damaged is refused, and stands nowhere: %s', (_, text, words) => {
    const reading = (): unknown => approvalLinkOf(text, service);
    expect(reading).toThrow(words);
    if (text.includes('cs1.')) expect(reading).not.toThrow('cs1.');
  });
});
