/** What an entitlement grants in one account by one installation, and what of it was used over the period. */
export interface EntitlementUse {
  entitlement: string;
  /** That its role is in; absent where neither a session nor a catalogue tells. */
  account?: string | undefined;
  /** The account whose Countersign granted it; absent where nobody got it, or no evidence tells. */
  installation?: string | undefined;
  grants: number;
  sessions: number;
  calls: number;
  /** Actions as the session policies of its grants allow them, with how often each was used. */
  actions: GrantedAction[];
  /** Actions that were tried and refused: perhaps missing. */
  refused: { action: string; count: number }[];
  /** A narrower policy that would have done, as IAM statements; absent where nothing can be said. */
  proposal?: unknown[] | undefined;
  /** What the proposal cannot know, as sentences. */
  caveats: string[];
}

export interface GrantedAction {
  /** As the policy has it: `dynamodb:GetItem`, `s3:Get*`. */
  pattern: string;
  /** Actions seen that it covers, with counts. */
  used: { action: string; count: number }[];
  /** Whether the logs would show it: data events may be off. */
  visible: boolean;
}
