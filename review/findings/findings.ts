import { type Finding, type FindingRule, type Material, type Observation, severities } from './finding.ts';
import { withoutStrangers } from './managedRoles.ts';
import { reachesInto } from './reachesInto.ts';
import { borrowedRole } from './rules/borrowedRole.ts';
import { boundaryDiffers } from './rules/boundaryDiffers.ts';
import { breakGlassNotReviewed } from './rules/breakGlassNotReviewed.ts';
import { breakGlassUnjustified } from './rules/breakGlassUnjustified.ts';
import { breakGlassUsed } from './rules/breakGlassUsed.ts';
import { brokenChain } from './rules/brokenChain.ts';
import { callAfterEnd } from './rules/callAfterEnd.ts';
import { callBeforeStart } from './rules/callBeforeStart.ts';
import { catalogueOutdated } from './rules/catalogueOutdated.ts';
import { catalogueUnknown } from './rules/catalogueUnknown.ts';
import { chainedSession } from './rules/chainedSession.ts';
import { conflictingRecords } from './rules/conflictingRecords.ts';
import { copiesDiffer } from './rules/copiesDiffer.ts';
import { detectionSwitchedOff } from './rules/detectionSwitchedOff.ts';
import { effectWithoutEvidence } from './rules/effectWithoutEvidence.ts';
import { evidenceWithoutEffect } from './rules/evidenceWithoutEffect.ts';
import { gapInCoverage } from './rules/gapInCoverage.ts';
import { grantNotClosed } from './rules/grantNotClosed.ts';
import { integrityFaults } from './rules/integrityFaults.ts';
import { integrityNotShown } from './rules/integrityNotShown.ts';
import { logNotCovered } from './rules/logNotCovered.ts';
import { missingDecision } from './rules/missingDecision.ts';
import { ownDecision } from './rules/ownDecision.ts';
import { refusedAssumeRole } from './rules/refusedAssumeRole.ts';
import { refusedTampering } from './rules/refusedTampering.ts';
import { requesterNotEligible } from './rules/requesterNotEligible.ts';
import { sessionForOtherTerms } from './rules/sessionForOtherTerms.ts';
import { sessionOutsideWindow } from './rules/sessionOutsideWindow.ts';
import { sessionPolicyDiffers } from './rules/sessionPolicyDiffers.ts';
import { sessionWithoutGrant } from './rules/sessionWithoutGrant.ts';
import { severalInstallations } from './rules/severalInstallations.ts';
import { tableDiffers } from './rules/tableDiffers.ts';
import { tampering } from './rules/tampering.ts';
import { unreadableRecords } from './rules/unreadableRecords.ts';
import { windowTooLong } from './rules/windowTooLong.ts';
import { wrongAttester } from './rules/wrongAttester.ts';

/** All that is looked after, by what it is about. */
export const findingRules: readonly FindingRule[] = [
  // Who got in.
  sessionWithoutGrant,
  borrowedRole,
  chainedSession,
  refusedAssumeRole,
  // What was asked for and decided.
  missingDecision,
  requesterNotEligible,
  ownDecision,
  windowTooLong,
  catalogueUnknown,
  catalogueOutdated,
  // What was issued, and what was done with it.
  effectWithoutEvidence,
  evidenceWithoutEffect,
  sessionForOtherTerms,
  sessionOutsideWindow,
  sessionPolicyDiffers,
  callBeforeStart,
  callAfterEnd,
  boundaryDiffers,
  breakGlassUsed,
  breakGlassNotReviewed,
  breakGlassUnjustified,
  // The evidence itself.
  brokenChain,
  wrongAttester,
  grantNotClosed,
  severalInstallations,
  tableDiffers,
  // What guards all this.
  tampering,
  refusedTampering,
  detectionSwitchedOff,
  // The logs.
  ...integrityFaults,
  logNotCovered,
  integrityNotShown,
  gapInCoverage,
  conflictingRecords,
  copiesDiffer,
  unreadableRecords,
];

/**
 * All findings of a period, the worst first, then by time. What a session did that no grant answers for is told by
 * `session-without-grant` alone: the grant whose name it bears is judged without it.
 */
export function findingsIn(material: Material): Finding[] {
  const judged = { ...material, grants: withoutStrangers(material) };
  const findings = findingRules.flatMap((rule) =>
    observationsOf(rule, judged).map((observation) => ({ rule: rule.name, ...observation })),
  );
  return merged(findings).sort(compareFindings);
}

/** What a rule holds against the period. */
function observationsOf(rule: FindingRule, material: Material): Observation[] {
  const observations = rule.find(material);
  if (ofAllThatWasRead.has(rule)) return observations;
  return observations.filter((observation) => reachesInto(material.period, observation));
}

/**
 * Of records and files rather than of what was done: those from outside of the period are evidence for it too, and digests tell of a
 * log file by the hour in which it was delivered, which is later than its events.
 */
const ofAllThatWasRead: ReadonlySet<FindingRule> = new Set([
  ...integrityFaults,
  logNotCovered,
  conflictingRecords,
  copiesDiffer,
]);

/** One finding for what two events say alike. */
function merged(findings: readonly Finding[]): Finding[] {
  const same = Map.groupBy(findings, ({ rule, severity, at, subject, message }) =>
    JSON.stringify([rule, severity, at, subject, message]),
  );
  return [...same.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const eventIds = [...new Set([first, ...others].flatMap((finding) => finding.eventIds))];
    return { ...first, eventIds };
  });
}

function compareFindings(a: Finding, b: Finding): number {
  const [first, second] = [a, b].map(({ severity, at = '~', rule, subject, message }) => [
    severities.indexOf(severity),
    at,
    rule,
    subject,
    message,
  ]);
  const place = first?.findIndex((part, index) => part !== second?.[index]) ?? -1;
  if (place < 0) return 0;
  return (first?.[place] ?? '') < (second?.[place] ?? '') ? -1 : 1;
}
