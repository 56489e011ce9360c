import { createFunctionHost, type FunctionHost } from '#local/functionHost.ts';
import { type Service, startService } from '../test/support/service.ts';
import { startCallTap } from './callTap.ts';
import { createTableMeter, type TableMeter } from './tableMeter.ts';

export interface MeteredService {
  service: Service;
  meter: TableMeter;
  /** Of every run so far, its cold start included if it had one. */
  runMilliseconds: number[];
}

/** Runs `work` with a server whose functions are timed, and their calls to the table metered. */
export async function withMeteredService<Result>(
  work: (metered: MeteredService) => Promise<Result>,
): Promise<Result> {
  const meter = createTableMeter();
  const tap = await startCallTap(meter.count);
  const runMilliseconds: number[] = [];
  const service = await startService({
    createHost: (options) => timed(createFunctionHost(tap.tapped(options)), runMilliseconds),
  });
  try {
    return await work({ service, meter, runMilliseconds });
  } finally {
    await service.stop();
    tap.close();
  }
}

const timed = (host: FunctionHost, milliseconds: number[]): FunctionHost => ({
  ...host,
  async invoke(functionName, event) {
    const began = performance.now();
    try {
      return await host.invoke(functionName, event);
    } finally {
      milliseconds.push(performance.now() - began);
    }
  },
});
