import { type CostLine, costLines, sumOf } from './costTable.ts';
import { type Measured, median } from './measured.ts';
import { measureEverything } from './measuredUsage.ts';
import { withMeteredService } from './meteredService.ts';
import { assumed } from './usage.ts';

/** What a request costs by what it used just now, and what the service costs while nobody asks for anything. */
export const requestCost = (): Promise<Measured[]> =>
  withMeteredService(async (metered) => {
    const { request, look, month } = await measureEverything(metered);
    return [
      ...measuredCost('1,000 requests', costLines(request, 1_000)),
      ...measuredCost('1,000 more looks at a request', costLines(look, 1_000)),
      ...measuredCost('A month without requests', costLines(month)),
      {
        what: 'A run here, its cold start included, median',
        value: Math.round(median(metered.runMilliseconds)),
        unit: 'ms',
      },
      { what: 'A run as it is priced', value: assumed.coldMilliseconds, unit: 'ms' },
    ];
  });

function measuredCost(what: string, lines: CostLine[]): Measured[] {
  const dollars = (value: number) => ({ value: Number(value.toFixed(4)), unit: 'US$' });
  const parts = lines.map((line) => ({ what: `  ${line.what}`, ...dollars(line.dollars) }));
  return [{ what, ...dollars(sumOf(lines)) }, ...parts];
}
