import { afterEach, describe, expect, it, vi } from 'vitest';
import { RefusedError, UnreachableError, UnreadableAnswerError } from '#client/errors.ts';
import { CommandError } from '../../cli/commandError.ts';
import { complaintOf } from '../../cli/complaint.ts';
import { exitCodes } from '../../cli/exitCodes.ts';

afterEach(() => vi.unstubAllEnvs());

const refused = (status: number, code: string): RefusedError =>
  new RefusedError('The service says why.', { status, code });

describe('what went wrong becomes', () => {
  it.each<[string, Error, object]>([
    [
      'the code of the command itself',
      new CommandError('It is over.', exitCodes.noAccess),
      { message: 'It is over.', code: 'no_access', exitCode: 4 },
    ],
    ['2 where a command gives none', new CommandError('What?'), { code: 'unusable', exitCode: 2 }],
    [
      '3 where the service knows nobody',
      refused(401, 'not_signed_in'),
      { message: 'The service says why. Sign in: countersign login', code: 'not_signed_in', exitCode: 3 },
    ],
    [
      '4 when the grant is over',
      refused(410, 'grant_over'),
      { message: 'The service says why. Ask again: countersign request', code: 'grant_over', exitCode: 4 },
    ],
    [
      '4 when it is not active',
      refused(409, 'not_active'),
      { message: 'The service says why. How it stands: countersign status', exitCode: 4 },
    ],
    [
      '1 for any other no',
      refused(403, 'own_request'),
      { message: 'The service says why.', code: 'own_request', exitCode: 1 },
    ],
    [
      '5 when the gateway has too many calls',
      refused(429, 'internal'),
      { message: 'The service says why. Try again in a minute.', exitCode: 5 },
    ],
    [
      'a sentence without the token of a mail',
      new CommandError('There is no "https://x.example/approve#01K.cs1.SECRET-part_2".'),
      { message: 'There is no "https://x.example/approve#01K.cs1.…".', exitCode: 2 },
    ],
    ['1 where there were too many', refused(429, 'too_many_reminders'), { exitCode: 1 }],
    [
      '5 when the service is in trouble',
      refused(503, 'no_evidence'),
      { message: 'The service says why. Try again in a minute.', code: 'no_evidence', exitCode: 5 },
    ],
    [
      '5 when nothing answers',
      new UnreachableError('https://access.example.com', new TypeError('fetch failed')),
      {
        message: expect.stringMatching(
          /does not answer at https:\/\/access\.example\.com\..*countersign doctor\.$/,
        ),
        code: 'unreachable',
        exitCode: 5,
      },
    ],
    [
      '5 when something else answers',
      new UnreadableAnswerError('https://access.example.com', 'no JSON'),
      { code: 'unreachable', exitCode: 5 },
    ],
    [
      '2 for what nobody expected',
      new TypeError('x is not a function'),
      {
        message: 'countersign could not go on: x is not a function\nCOUNTERSIGN_DEBUG=1 shows where.',
        code: 'unexpected',
        exitCode: 2,
      },
    ],
  ])('%s', (_, error, complaint) => {
    expect(complaintOf(error)).toMatchObject(complaint);
  });

  it.each([
    ['body.justification must have at most 1000 characters.', '--because must have at most 1000 characters.'],
    [
      'body.parameters.order has control characters; body.ticket must have 1 character.',
      '--set order has control characters; --ticket must have 1 character.',
    ],
    ['body.recipientKey is missing.', 'body.recipientKey is missing.'],
  ])('the option that was typed, in place of the field that it became: %s', (detail, message) => {
    const error = new RefusedError(detail, { status: 400, code: 'malformed' });
    expect(complaintOf(error)).toMatchObject({ message, code: 'malformed', exitCode: 1 });
  });

  it('advice for who gave the token, where one was given', () => {
    vi.stubEnv('COUNTERSIGN_TOKEN', 'abc');
    expect(complaintOf(refused(401, 'not_signed_in')).message).toContain(
      'a fresh token into COUNTERSIGN_TOKEN',
    );
  });

  it('text that cannot move the cursor, whoever wrote it', () => {
    expect(complaintOf(new CommandError('one\u001b[2Jtwo\nthree\u202e')).message).toBe('one[2Jtwo\nthree');
  });

  it('the place in the code, only where that is wanted', () => {
    const error = new TypeError('x is not a function');
    expect(complaintOf(error).message).not.toContain(' at ');
    vi.stubEnv('COUNTERSIGN_DEBUG', '1');
    expect(complaintOf(error).message).toMatch(/TypeError: x is not a function\nat .*complaint\.test\.ts/);
  });

  it.each(['', '1'])('nothing of a text that could not be read: COUNTERSIGN_DEBUG=%j', (debug) => {
    vi.stubEnv('COUNTERSIGN_DEBUG', debug);
    const parsing = (): unknown => JSON.parse('secret-of-mine');
    try {
      parsing();
    } catch (error) {
      expect(String(error)).toContain('secret');
      expect(JSON.stringify(complaintOf(error))).not.toContain('secret');
    }
    expect.assertions(2);
  });

  it('a sentence, also where something else than an error was thrown', () => {
    expect(complaintOf('oops').message).toBe('countersign could not go on: oops');
  });
});
