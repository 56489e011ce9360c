import type { FindingRule } from '../finding.ts';

/**
 * No digest files were given at all, so nothing but the files themselves says that they are what CloudTrail wrote. Info: it is the
 * reviewer's choice.
 */
export const integrityNotShown: FindingRule = {
  name: 'integrity-not-shown',
  promise: 'Digest files show that the log files are what CloudTrail wrote.',
  find: ({ integrity }) =>
    integrity.verdict === 'none'
      ? [
          {
            severity: 'info',
            subject: 'log files',
            message:
              'No digest files were among the logs, so nothing shows that the logs are as CloudTrail wrote them: fetch CloudTrail-Digest along, and give the public keys with --keys.',
            eventIds: [],
          },
        ]
      : [],
};
