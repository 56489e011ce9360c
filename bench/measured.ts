/** One number, and what it has to reach. */
export interface Measured {
  what: string;
  value: number;
  unit: string;
  /** The most or the least that it may be; absent where it is only reported. */
  limit?: { atMost: number } | { atLeast: number };
}

export function isWithin({ value, limit }: Measured): boolean {
  if (!limit) return true;
  return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('There is no median of nothing.');
  return (low + high) / 2;
}
