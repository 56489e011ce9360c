/** A function for the tests of the function host: the event says what it does. */
import { setTimeout as delay } from 'node:timers/promises';

const startedAt = new Date();

interface SampleEvent {
  do:
    | 'echo'
    | 'environment'
    | 'throw'
    | 'crash'
    | 'hang'
    | 'wait'
    | 'log'
    | 'clock'
    | 'nothing'
    | 'large'
    | 'remaining';
  value?: unknown;
}

interface SampleContext {
  functionName: string;
  getRemainingTimeInMillis(): number;
}

export const handler = async (event: SampleEvent, context: SampleContext): Promise<unknown> => {
  switch (event.do) {
    case 'echo':
      return { value: event.value, functionName: context.functionName };
    case 'environment':
      return { ...process.env };
    case 'throw':
      throw Object.assign(new TypeError('as asked'), { name: 'QuotaExceeded' });
    case 'crash':
      return process.exit(3);
    case 'hang':
      return new Promise(() => undefined);
    case 'wait':
      await delay(Number(event.value));
      return 'waited';
    case 'log':
      console.log('to stdout');
      console.error('to stderr');
      return null;
    case 'clock':
      return { startedAt: startedAt.toISOString(), now: new Date().toISOString() };
    case 'nothing':
      return undefined;
    case 'large':
      return 'x'.repeat(Number(event.value));
    case 'remaining':
      return context.getRemainingTimeInMillis();
  }
};
