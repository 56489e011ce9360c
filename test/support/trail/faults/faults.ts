import { alteredEvidence } from './alteredEvidence.ts';
import { brokenRules } from './brokenRules.ts';
import { decisionFaults } from './decisions.ts';
import { digestFileFaults } from './digestFiles.ts';
import { disguisedEntries } from './disguisedEntries.ts';
import type { Fault } from './fault.ts';
import { forgedEvidence } from './forgedEvidence.ts';
import { logFileFaults } from './logFiles.ts';
import { missingRecords } from './missingRecords.ts';
import { outOfBandFaults } from './outOfBand.ts';
import { sessionFaults } from './sessions.ts';
import { tableFaults } from './table.ts';
import { tamperingFaults } from './tampering.ts';
import { upkeepFaults } from './upkeep.ts';

/** Everything that can be done wrong, each with what a review has to say of it. */
export const faults: readonly Fault[] = [
  ...outOfBandFaults,
  ...disguisedEntries,
  ...sessionFaults,
  ...decisionFaults,
  ...brokenRules,
  ...upkeepFaults,
  ...missingRecords,
  ...alteredEvidence,
  ...forgedEvidence,
  ...tamperingFaults,
  ...tableFaults,
  ...logFileFaults,
  ...digestFileFaults,
];
