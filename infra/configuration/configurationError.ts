import { faultSentence, type PlacedFault } from './fault.ts';

/** What is wrong with a file of the installation: a sentence for each fault, made for who edits the file. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly PlacedFault[];

  /** `advice` says what else to know for correcting them. */
  constructor(faults: readonly (PlacedFault | string)[], advice = '') {
    const placed = faults.map((fault) => (typeof fault === 'string' ? { text: fault } : fault));
    const next = `${advice} Correct this and run the same command again.`.trim();
    super([...new Set(placed.map(faultSentence)), next].join('\n'));
    this.faults = placed;
  }
}
