import { SendTaskSuccessCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { log } from '../runtime/log.ts';

/** What a wake tells the workflow to do next; the step itself reads the record. */
export type WakeCall = 'notify' | 'issue' | 'end';

export interface Workflow {
  /** Starts an execution; one of the same name that runs already is as good. */
  start(requestId: string, attempt: number): Promise<void>;
  /** Whether the workflow was waiting on this token. A late, replayed or missing token answers false: the record decides. */
  wake(taskToken: string | undefined, next: WakeCall): Promise<boolean>;
}

const expected = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

export function workflowOf(sfn: SFNClient, stateMachineArn: string): Workflow {
  return {
    async start(requestId, attempt) {
      const name = `${requestId}-${attempt}`;
      try {
        await sfn.send(
          new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ requestId }) }),
        );
      } catch (error) {
        if (!(error instanceof Error && error.name === 'ExecutionAlreadyExists')) throw error;
      }
    },
    async wake(taskToken, next) {
      if (taskToken === undefined) return false;
      try {
        await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ next }) }));
        return true;
      } catch (error) {
        if (!(error instanceof Error && expected.has(error.name))) throw error;
        log('info', 'wakeMissed', { code: error.name });
        return false;
      }
    },
  };
}
