import { createClock } from '../../../local/clock.ts';
import { createStateMachine } from '../../../local/states/stateMachine.ts';
import { openStore } from '../../../local/store.ts';

// A process to be killed: runs one execution on the store in `file` until it stands at `moment`, says so, and stays.
const [file = '', moment = '', definition = ''] = process.argv.slice(2);

const stay = (said: unknown): Promise<never> => {
  console.log(JSON.stringify(said));
  return new Promise(() => {});
};

const machine = createStateMachine({
  arn: 'arn:aws:states:us-east-1:999988887777:stateMachine:test',
  definition: JSON.parse(definition),
  store: openStore(file),
  clock: createClock(),
  random: () => 1,
  tasks: {
    invokeFunction: async () => {
      if (moment === 'inFunction') return stay('inFunction');
      if (moment === 'backingOff') {
        setTimeout(stay, 50, 'backingOff');
        throw new Error('outage');
      }
      return { from: 'first process' };
    },
    updateItem: async (input) => {
      if (moment === 'inUpdate') return stay(input);
      setTimeout(stay, 50, input);
      return {};
    },
  },
});
machine.start();
machine.startExecution({ name: 'killed', input: '{"id":1}' });
setInterval(() => {}, 1000);
