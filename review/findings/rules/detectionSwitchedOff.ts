import { isDeployment } from '../deployers.ts';
import type { FindingRule } from '../finding.ts';
import { quoted } from '../words.ts';

const detectors = new Set(
  ['guardduty', 'config', 'securityhub', 'access-analyzer'].map((service) => `${service}.amazonaws.com`),
);

/**
 * GuardDuty, AWS Config, Security Hub or an access analyzer was switched off or cut off from its administrator. Medium: Countersign does
 * not rest on them, but who watches accounts does.
 */
export const detectionSwitchedOff: FindingRule = {
  name: 'detection-switched-off',
  promise: 'What watches the accounts stays on.',
  find: (material) =>
    material.trail.kept
      .filter(
        ({ source, errorCode, caller, name }) =>
          detectors.has(source) &&
          errorCode === undefined &&
          !isDeployment({ source, caller }, material) &&
          switchesOff.test(name),
      )
      .map(({ id, at, name, source, caller, account }) => ({
        severity: 'medium',
        at,
        subject: account,
        account,
        message: `${quoted(caller.arn ?? caller.account ?? 'Somebody unnamed')} did ${quoted(name)} of ${source} in account ${account}: ask why.`,
        eventIds: [id],
      })),
};

/** The reader keeps no other changes of these services, but for events that name Countersign. */
const switchesOff = /^(Delete|Stop|Disable|Disassociate|UpdateDetector)/;
