import { someSettings, synthesized } from '../test/support/stacks.ts';
import { measureIdleMonth } from './idleUsage.ts';
import { type MeteredService, withMeteredService } from './meteredService.ts';
import { measureUsage } from './requestUsage.ts';
import type { Usage } from './usage.ts';

/** What docs/cost.md prices. */
export interface MeasuredUsage {
  /** One request, from looking what there is to its end. */
  request: Usage;
  /** One more look at a request. */
  look: Usage;
  /** A month in which nobody asks for anything. */
  month: Usage;
}

/** Measured with the repository's own settings and catalogue, on a service that starts for it. */
export async function measureEverything(metered: MeteredService): Promise<MeasuredUsage> {
  const month = await measureIdleMonth(metered, Object.values(synthesized().all));
  const { logDays, trail } = someSettings().retention;
  const archiveDays = trail.kind === 'own' ? trail.deleteAfterDays : 0;
  return { ...(await measureUsage(metered, { logDays, archiveDays })), month };
}

export const measureOnce = (): Promise<MeasuredUsage> => withMeteredService(measureEverything);
