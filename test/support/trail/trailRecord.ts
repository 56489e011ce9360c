/** A record of any kind that CloudTrail delivers: of an API call, a sign-in, a service's own event. */
export interface TrailRecord {
  [field: string]: unknown;
  eventTime: string;
  eventID: string;
  /** The account whose trail it stands in. */
  recipientAccountId: string;
}
