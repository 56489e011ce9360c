/** What a check of a catalogue finds, beyond what its schema refuses. */
export interface CatalogueFinding {
  /** A fault makes something useless that the catalogue promises; a warning is what an approver of the change should know. */
  severity: 'fault' | 'warning';
  path: (string | number)[];
  /** How the sentence about the path goes on, and what to do. */
  message: string;
}
