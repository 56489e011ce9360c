import type { IntegrityFault } from '../../integrity/integrity.ts';
import type { FindingRule } from '../finding.ts';

type Kind = IntegrityFault['kind'];

/**
 * One rule for each way in which digest files speak against log files. Critical where something was changed or is gone, medium where
 * something cannot be shown, such as for want of a key or a signature, which the reviewer can fetch.
 */
const promises: Record<Kind, string> = {
  logAltered: 'Log files hold what CloudTrail wrote.',
  logMissing: 'Every log file that CloudTrail wrote is there.',
  logHasHiddenMember: 'No log file holds more than its hash covers.',
  digestAltered: 'Digest files hold what CloudTrail wrote.',
  digestMissing: 'Every digest file is there.',
  digestMoved: 'Digest files lie where CloudTrail put them.',
  digestForked: 'Each digest file has one successor.',
  digestUnreadable: 'Every digest file can be read.',
  signatureMissing: 'The newest digest file of each chain has its signature beside it.',
  signatureWrong: 'Digest files are signed by CloudTrail.',
  keyUnknown: 'The key of every signature was given.',
  keyDiffers: 'Public keys are those that their fingerprints name.',
};

/** `logAltered` is told by `log-altered`. */
const nameOf = (kind: string): string => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const integrityFaults: FindingRule[] = Object.entries(promises).map(([kind, promise]) => ({
  name: nameOf(kind),
  promise,
  find: ({ integrity }) =>
    integrity.faults
      .filter((fault) => fault.kind === kind)
      .map((fault) => ({
        severity: isUnproven(fault) ? 'medium' : 'critical',
        at: fault.at,
        subject: fault.file,
        message: fault.message,
        eventIds: [],
      })),
}));

/** Nothing is known to be wrong. */
const isUnproven = ({ kind, verdict }: IntegrityFault): boolean =>
  verdict === undefined ? kind === 'keyUnknown' || kind === 'signatureMissing' : verdict === 'partly';
