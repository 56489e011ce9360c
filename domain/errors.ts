/** Every refusal a caller can meet, with its HTTP status: a closed set that clients can switch on. */
export const errorStatus = {
  malformed: 400,
  unknown_field: 400,
  not_signed_in: 401,
  not_eligible: 403,
  not_an_approver: 403,
  not_allowed: 403,
  own_request: 403,
  invalid_token: 403,
  not_found: 404,
  wrong_state: 409,
  already_decided: 409,
  already_reviewed: 409,
  entitlement_changed: 409,
  conflict: 409,
  not_active: 409,
  grant_over: 410,
  duration_out_of_bounds: 422,
  duration_not_shorter: 422,
  start_out_of_bounds: 422,
  justification_too_short: 422,
  ticket_invalid: 422,
  ticket_required: 422,
  parameter_invalid: 422,
  policy_too_large: 422,
  no_approver: 422,
  no_break_glass: 422,
  break_glass_unreviewed: 422,
  idempotency_key_reused: 422,
  too_many_reminders: 429,
  no_evidence: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;

/** A rule said no: `detail` tells the caller why and what to do next. A value, not an exception, in the domain. */
export interface Refusal {
  refused: ErrorCode;
  detail: string;
  /** The request's status, where the refusal is about that. */
  requestStatus?: string;
}

export const refuse = (refused: ErrorCode, detail: string, requestStatus?: string): Refusal => ({
  refused,
  detail,
  ...(requestStatus !== undefined && { requestStatus }),
});

export const isRefusal = (value: object): value is Refusal => 'refused' in value;

/** A refusal on its way out of a handler. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

/** The value, or the refusal thrown. */
export function orThrow<Value extends object>(value: Value | Refusal): Exclude<Value, Refusal> {
  if (isRefusal(value)) throw new RefusalError(value);
  return value as Exclude<Value, Refusal>;
}
