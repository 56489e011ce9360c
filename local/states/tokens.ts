import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from '../aws/awsError.ts';
import type { Store } from '../store.ts';

/** Task tokens: opaque, random, and remembered (by hash only) for as long as the store is. */
export interface Tokens {
  /** A new token. It counts once `remember` has been called. */
  create(): string;
  remember(token: string, execution: string): void;
  /** The execution that the token was made for. Throws InvalidToken or TaskDoesNotExist. */
  executionOf(token: string): string;
}

const form = /^[A-Za-z0-9+/]{128}$/;

export function createTokens(store: Store): Tokens {
  const executions = store.table<string>('states/tokens');
  const keyOf = (token: string): string => createHash('sha256').update(token).digest('hex');
  return {
    create: () => randomBytes(96).toString('base64'),
    remember: (token, execution) => executions.set(keyOf(token), execution),
    executionOf(token) {
      if (!form.test(token)) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
      const execution = executions.get(keyOf(token));
      if (execution === undefined)
        throw new AwsError('TaskDoesNotExist', "Task does not exist: 'Provided task does not exist'");
      return execution;
    },
  };
}
