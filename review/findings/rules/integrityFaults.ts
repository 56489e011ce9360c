import type { IntegrityFault } from '../../integrity/integrity.ts';
import type { FindingRule } from '../finding.ts';

type Kind = IntegrityFault['kind'];

/**
 * One rule for each way in which digest files speak against log files. Critical where something was changed or is gone, medium where
 * something cannot be shown, such as for want of a key or a signature, which the reviewer can fetch.
 */
const rules: Record<Kind, Pick<FindingRule, 'name' | 'promise'>> = {
  logAltered: { name: 'log-altered', promise: 'Log files hold what CloudTrail wrote.' },
  logMissing: { name: 'log-missing', promise: 'Every log file that CloudTrail wrote is there.' },
  logHasHiddenMember: {
    name: 'log-has-hidden-member',

    promise: 'No log file holds more than its hash covers.',
  },
  digestAltered: { name: 'digest-altered', promise: 'Digest files hold what CloudTrail wrote.' },
  digestMissing: { name: 'digest-missing', promise: 'Every digest file is there.' },
  digestMoved: { name: 'digest-moved', promise: 'Digest files lie where CloudTrail put them.' },
  digestForked: { name: 'digest-forked', promise: 'Each digest file has one successor.' },
  digestUnreadable: { name: 'digest-unreadable', promise: 'Every digest file can be read.' },
  signatureMissing: {
    name: 'signature-missing',
    promise: 'The newest digest file of each chain has its signature beside it.',
  },
  signatureWrong: { name: 'signature-wrong', promise: 'Digest files are signed by CloudTrail.' },
  keyUnknown: { name: 'key-unknown', promise: 'The key of every signature was given.' },
  keyDiffers: { name: 'key-differs', promise: 'Public keys are those that their fingerprints name.' },
};

export const integrityFaults: FindingRule[] = Object.entries(rules).map(([kind, { name, promise }]) => ({
  name,
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
