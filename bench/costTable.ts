import type { MeasuredUsage } from './measuredUsage.ts';
import prices from './prices.json' with { type: 'json' };
import type { Priced, Usage } from './usage.ts';

export interface CostLine {
  what: string;
  amount: number;
  dollars: number;
}

/** What a usage costs, so many times, the dearest first. */
export function costLines(usage: Usage, times = 1): CostLine[] {
  const lines = Object.entries(usage).map(([name, amount]) => {
    const { what, usd, per, seen } = prices.prices[name as Priced];
    return {
      what: seen === null ? `${what} \\*` : what,
      amount: amount * times,
      dollars: (amount * times * usd) / per,
    };
  });
  return lines.filter(({ amount }) => amount > 0).sort((a, b) => b.dollars - a.dollars);
}

export const sumOf = (lines: readonly CostLine[]): number =>
  lines.reduce((sum, { dollars }) => sum + dollars, 0);

/** The part of docs/cost.md that nobody writes by hand. */
export function costTables({ request, look, month }: MeasuredUsage): string {
  const [thousand, quiet] = [costLines(request, 1_000), costLines(month)];
  const [requestSum, monthSum] = [sumOf(thousand), sumOf(quiet)].map(dollarText);
  return [
    `**1,000 requests cost US$ ${requestSum}, and a month US$ ${monthSum} before the first one.**`,
    table('1,000 requests', thousand),
    table('1,000 more looks at a request', costLines(look, 1_000)),
    table('A month without requests', quiet),
  ].join('\n\n');
}

function table(title: string, lines: CostLine[]): string {
  const rows = lines.map(
    ({ what, amount, dollars }) => `| ${what} | ${amountText(amount)} | ${dollarText(dollars)} |`,
  );
  return [
    `| ${title} | how much | US$ |`,
    '|---|--:|--:|',
    ...rows,
    `| **together** | | **${dollarText(sumOf(lines))}** |`,
  ].join('\n');
}

const amountText = (amount: number): string =>
  amount.toLocaleString(
    'en-US',
    amount < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 },
  );

const dollarText = (dollars: number): string => dollars.toFixed(dollars < 1 ? 4 : 2);
