import type { JWK } from 'jose';
import * as z from 'zod';
import { jsonOf } from '#client/json.ts';
import { type Credentials, openSession } from '#client/recipient.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';

const answerSchema = z.union([
  z.object({ jwe: z.string() }),
  z.object({ detail: z.string(), status: z.int() }),
]);

/**
 * Opens what …/credentials answered. Throws a `CommandError` with the service's own words where it refused, and one that says what is
 * wrong where the text is something else.
 */
export async function openedAnswer(text: string, key: JWK): Promise<Credentials> {
  if (text.trim() === '')
    throw new CommandError(
      'There was no answer on stdin. Does the service run, and did curl get its address and a token?',
    );
  const answer = answerSchema.safeParse(jsonOf(text)).data;
  if (!answer)
    throw new CommandError(
      'What came on stdin is no answer of GET /v1/requests/ID/credentials. Send that answer as it is, without its headers.',
    );
  if ('detail' in answer)
    throw new CommandError(answer.detail, answer.status === 401 ? exitCodes.notSignedIn : exitCodes.noAccess);
  try {
    return await openSession(answer.jwe, key);
  } catch {
    throw new CommandError(
      'This key does not open the answer: it was sealed to another one, or it is damaged. Name the key file whose public key went into the request.',
    );
  }
}
