import type { Grant } from '../grants/grant.ts';
import type { Call } from '../reader/trail.ts';
import type { Review } from '../review.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import { accountOf, cloud, metadata, ocsfEvent, otherType, sourceEndpoint, statusIds } from './ocsfEvent.ts';

interface GrantCall {
  grant: Grant;
  session: ReviewedSession;
  call: Call;
  tool: Review['tool'];
}

/** OCSF API Activity: a call in a session of a grant. The request's id is its correlation id. */
export const apiActivity = ({ grant, session, call, tool }: GrantCall) => ({
  ...activityOf(call),
  metadata: metadata(tool, { uid: call.id, event_code: call.name, correlation_uid: grant.id }),
  cloud: cloud(accountOf(session.arn), call.region),
  status_id: call.errorCode === undefined ? statusIds.success : statusIds.failure,
  ...(call.errorCode !== undefined && { status_code: call.errorCode }),
  actor: {
    user: {
      name: grant.requester,
      uid: session.arn,
      ...(session.accessKeyId !== undefined && { credential_uid: session.accessKeyId }),
      ...otherType('AssumedRole'),
    },
    session: {
      uid: session.arn,
      ...(session.identity.issuerArn !== undefined && { issuer: session.identity.issuerArn }),
    },
  },
  api: {
    operation: call.name,
    service: { name: call.source },
    ...(call.errorCode !== undefined && { response: { error: call.errorCode } }),
  },
  src_endpoint: sourceEndpoint(call.sourceIp),
  ...(call.object !== undefined && { resources: [{ uid: call.object }] }),
});

/** By the verb that the name begins with, as far as OCSF has a word for it; 99 is Other, which goes by the source's own word. */
function activityOf({ name, at }: Call) {
  const found = activities.findIndex(({ verbs }) => verbs.test(name));
  return {
    ...ocsfEvent({ classUid: 6003, activityId: found === -1 ? 99 : found + 1, at }),
    activity_name: activities[found]?.caption ?? name,
  };
}

/** 1 to 4. */
const activities = [
  { caption: 'Create', verbs: /^(Create|Run|Allocate|Register|Issue|Import)/ },
  {
    caption: 'Read',
    verbs: /^(Get|List|Describe|Head|Query|Scan|Select|Lookup|Search|BatchGet|TransactGet)/,
  },
  { caption: 'Update', verbs: /^(Update|Put|Modify|Set|Attach|Associate|Tag|Enable|Disable|Replace)/ },
  { caption: 'Delete', verbs: /^(Delete|Terminate|Remove|Detach|Disassociate|Deregister|Untag)/ },
];
