/** A test of one field's value, in the language of EventBridge. */
export type Test =
  | string
  | boolean
  | { prefix: string | { 'equals-ignore-case': string } }
  | { 'equals-ignore-case': string }
  | { suffix: string }
  | { wildcard: string }
  | { exists: boolean }
  | { 'anything-but': string[] | { prefix: string } | { wildcard: string[] } };

/** Every field has to pass one of its tests; of the patterns below `$or`, one has to match. */
export interface Pattern {
  [field: string]: Pattern | Test[] | Pattern[];
}

export interface WatchRule {
  /** The rule is called `countersign-watch-<name>`. */
  name: string;
  /** What is so as long as this rule finds nothing, or nothing that no request answers for. */
  promise: string;
  /**
   * About the way that all the others go. In the service's account and region it does not go that way, but straight to those who
   * are told of alarms.
   */
  straight?: true;
  pattern: Pattern;
}

export const cloudTrail = { 'detail-type': ['AWS API Call via CloudTrail'] };

/** A call of a service, whether it was allowed or not. */
export const call = (service: string, detail: Pattern): Pattern => ({
  ...cloudTrail,
  source: [`aws.${service}`],
  detail: { eventSource: [`${service}.amazonaws.com`], ...detail },
});

/** A call that was allowed. Of one that was refused, CloudTrail mostly does not tell on what. */
export const done = (service: string, detail: Pattern): Pattern =>
  call(service, { errorCode: [{ exists: false }], ...detail });

/** By CloudTrail's own judgement; where it has none, it counts. */
export const changing: Test[] = [false, { exists: false }];

/** By anybody but these roles: users, the root user and services have no role. */
export const except = (roleArns: string[]) => ({
  userIdentity: {
    sessionContext: {
      sessionIssuer: { arn: [{ exists: false }, { 'anything-but': { wildcard: roleArns } }] },
    },
  },
});

/** What a straight rule says: the call by its places in the event, and the sentence around it. */
export const tamperingMessage = {
  inputPathsMap: {
    call: '$.detail.eventName',
    by: '$.detail.userIdentity.arn',
    account: '$.account',
    eventId: '$.detail.eventID',
  },
  inputTemplate:
    '"Tampering: <call> in account <account> by <by>, on the way that alarms take. CloudTrail event <eventId>. What to do: docs/runbook.md#tampering"',
};
