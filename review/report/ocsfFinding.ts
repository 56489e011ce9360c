import { sha256Text } from '#domain/digest.ts';
import { millisecondsOf } from '#domain/instant.ts';
import type { Finding } from '../findings/finding.ts';
import type { Review } from '../review.ts';
import { cloud, metadata, ocsfEvent, severityIds } from './ocsfEvent.ts';

/**
 * OCSF Detection Finding, Create. It is new at the time of the review; when it happened stands in `start_time`. The uid is the same
 * when the same is found again.
 */
export function detectionFinding(finding: Finding, { tool, madeAt }: Review) {
  const { rule, severity, at, subject, requestId, account, message, eventIds } = finding;
  const uid = sha256Text(JSON.stringify([rule, subject, at, eventIds]));
  const happened = at === undefined ? undefined : millisecondsOf(at);
  return {
    ...ocsfEvent({ classUid: 2004, activityId: 1, at: madeAt, severityId: severityIds[severity] }),
    ...(happened !== undefined && { start_time: happened }),
    // New.
    status_id: 1,
    message,
    metadata: metadata(tool, { uid, ...(requestId !== undefined && { correlation_uid: requestId }) }),
    cloud: cloud(account),
    finding_info: {
      uid,
      title: rule,
      desc: message,
      created_time: millisecondsOf(madeAt),
      ...(happened !== undefined && { first_seen_time: happened }),
      // A rule: type 1.
      analytic: { type_id: 1, type: 'Rule', name: rule, uid: rule },
      data_sources: ['AWS CloudTrail'],
      related_events: eventIds.map((eventId) => ({ uid: eventId })),
    },
    resources: [{ uid: subject }],
  };
}
