import { startService } from '../test/support/service.ts';
import { inTemporaryFolder } from '../test/support/temporaryFolder.ts';
import { countLifecycle } from './countedLifecycle.ts';
import type { Measured } from './measured.ts';

/** Counts along one lifecycle: the same every time, on every machine. */
export const approvePath = (): Promise<Measured[]> =>
  inTemporaryFolder(async (dataDirectory) => {
    const service = await startService({ dataDirectory });
    try {
      const { approvePath: path, afterSealedWrite, stateEntries, lambdaRuns } = await countLifecycle(service);
      const runs = Object.values(lambdaRuns).reduce((sum, count) => sum + count, 0);
      return [
        {
          what: 'AWS calls, approve click → sealed credentials',
          value: path.length,
          unit: 'calls',
          limit: { atMost: 12 },
        },
        {
          what: 'AWS calls after that write (events, next wait)',
          value: afterSealedWrite.length,
          unit: 'calls',
        },
        {
          what: 'State entries, request → ended, one session',
          value: stateEntries.length,
          unit: 'entries',
          limit: { atMost: 10 },
        },
        {
          what: 'Lambda runs, request → credentials claimed',
          value: runs,
          unit: 'runs',
          limit: { atMost: 5 },
        },
      ];
    } finally {
      await service.stop();
    }
  });
