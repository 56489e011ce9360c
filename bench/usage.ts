import prices from './prices.json' with { type: 'json' };

/** Something that AWS has a price for. */
export type Priced = keyof typeof prices.prices;

/** How much of it. */
export type Usage = Partial<Record<Priced, number>>;

/**
 * What cannot be measured here. Each is meant as a ceiling, so that what is computed with it is one too; docs/cost.md says
 * where they come from.
 */
export const assumed = {
  /** Of each run of a request: every one is taken for a cold start. */
  coldMilliseconds: 1_000,
  /** Of runs that come so often that they find their function warm. */
  warmMilliseconds: 250,
  /** A callback token of Step Functions is longer than the local ones. */
  taskTokenBytes: 1_024,
  /** How long records stay in the table. */
  recordMonths: 12,
  hoursPerMonth: 730,
  /** Lambda asks an empty queue five times at once, each for twenty seconds. */
  queueRequestsPerHour: (5 * 3_600) / 20,
  /** For each trail: log files every five minutes, and a digest for each of the 17 regions that are on from the start. */
  trailFilesPerHour: 12 + 17,
  /** DynamoDB and Step Functions keep a data key for five minutes for each caller. */
  keyMinutes: 5,
} as const;
