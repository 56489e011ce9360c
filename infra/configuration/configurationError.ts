/** What is wrong with a file of the installation: a sentence for each fault, made for who edits the file. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  /** `advice` says what else to know for correcting them. */
  constructor(faults: readonly string[], advice = '') {
    const next = `${advice} Correct this and run the same command again.`.trim();
    super([...new Set(faults), next].join('\n'));
  }
}
