import * as z from 'zod';
import { severities } from '../findings/finding.ts';
import { count, instant, known, text } from './documentFields.ts';
import { grantSchema } from './documentGrant.ts';

/*
 * The shape of review.json, and all that gets into it: what has no place here is left out when the file is written. Times are
 * UTC in RFC 3339, hashes of files hexadecimal, digests of requests base64url. What is not known is null; a list that is empty
 * is there. `schemaVersion` changes when a field goes away or means something else, not when one is added.
 */

const link = z.enum([
  'accessKey',
  'arnAndTime',
  'sourceIdentity',
  'serviceLinked',
  'ambiguous',
  'unresolved',
]);

const completeness = z.object({
  /** Log files read. */
  files: count,
  records: count,
  /** Delivered before with the same event id and content. */
  duplicates: count,
  unique: count,
  skipped: z.record(text, count),
  first: known(instant),
  last: known(instant),
  /** Of the text of inputs.sha256, which lists every file that was read. */
  inputsSha256: text,
  /** Files, folders and links that could not be read whole. */
  faults: z.array(z.object({ path: text, fault: text })),
  /** Event ids under which records of different content stand. */
  conflicts: z.array(z.object({ eventId: text, at: instant, files: z.array(text) })),
});

const inputFile = z.object({ path: text, sha256: known(text) });

/** What was judged by, beside the log files. */
const inputs = z.object({
  catalogues: z.array(inputFile.extend({ digest: text, groups: known(inputFile) })),
  leftOut: z.array(z.object({ path: text, reason: text })),
  keys: known(inputFile),
  table: known(inputFile),
});

/** A call for credentials that was refused. */
const refusedIssuance = z.object({
  at: instant,
  eventId: text,
  account: text,
  call: text,
  caller: known(text),
  roleArn: known(text),
  errorCode: known(text),
  sourceIp: known(text),
});

/** What was done under one access key and session ARN: how much of it. calls.csv says which actions. */
const session = z.object({
  arn: text,
  accessKeyId: known(text),
  role: known(text),
  /** Who made the issuing call; null where it was not found. */
  issuedBy: known(text),
  joinedBy: link,
  /** From the caller of the issuing call back to the person or service at the beginning. */
  behind: z.array(z.object({ who: text, kind: text, joinedBy: link, eventId: known(text) })),
  issuingEventId: known(text),
  expiresAt: known(instant),
  requestId: known(text),
  calls: count,
  errors: count,
  denied: count,
  first: instant,
  last: instant,
});

const finding = z.object({
  rule: text,
  severity: z.enum(severities),
  at: known(instant),
  until: known(instant),
  subject: text,
  requestId: known(text),
  account: known(text),
  message: text,
  eventIds: z.array(text),
});

const span = z.object({ from: instant, to: instant });
const integrity = z.object({
  verdict: z.enum(['verified', 'partly', 'unproven', 'failed', 'none']),
  /** Log files; all but `missing` add up to those that were read. */
  logs: z.object({
    verified: count,
    altered: count,
    missing: count,
    uncovered: count,
    pending: count,
    unproven: count,
  }),
  chains: z.array(
    z.object({
      account: text,
      region: text,
      trail: text,
      bucket: text,
      backfill: z.boolean(),
      digests: count,
      from: instant,
      to: instant,
      verdict: z.enum(['verified', 'partly', 'unproven', 'failed']),
      gaps: z.array(span),
      /** Hours of the period, and those that digests cover whose signature holds. */
      hours: known(z.object({ expected: count, covered: count })),
    }),
  ),
  faults: z.array(z.object({ kind: text, file: text, at: known(instant), message: text })),
  /** Log files that no digest names. */
  uncovered: z.array(text),
  /** The same, but newer than the newest digest: the next one will name them. */
  pending: z.array(text),
  /** Log files whose content a digest proves under another name. */
  moved: z.array(z.object({ file: text, key: text })),
});

const entitlementUse = z.object({
  entitlement: text,
  /** That its role is in; null where neither a session nor a catalogue tells. */
  account: known(text),
  /** The account whose Countersign granted it; null where nobody got it, or no evidence tells. */
  installation: known(text),
  grants: count,
  sessions: count,
  calls: count,
  actions: z.array(
    z.object({
      pattern: text,
      used: z.array(z.object({ action: text, count })),
      /** Whether the logs would show it: data events may be off. */
      visible: z.boolean(),
    }),
  ),
  refused: z.array(z.object({ action: text, count })),
  /** A narrower policy as IAM statements; null where nothing can be said. */
  proposal: known(z.array(z.unknown())),
  caveats: z.array(text),
});

const control = z.object({
  framework: text,
  control: text,
  title: text,
  offers: text,
  doesNotShow: text,
});

export const reviewDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal('countersign'), version: text }),
  madeAt: instant,
  /** From (inclusive) and to (exclusive); null where it is open. */
  period: z.object({ from: known(instant), to: known(instant) }),
  parameters: z.record(text, text),
  inputs,
  verdict: z.enum(['faults', 'unchecked', 'clean']),
  /** What could not be checked, and why. */
  notChecked: z.array(text),
  completeness,
  /** Calls that returned credentials, and those that were refused. */
  issuances: z.object({ ok: count, failed: count }),
  refusedIssuances: z.array(refusedIssuance),
  sessions: z.array(session),
  grants: z.array(grantSchema),
  findings: z.array(finding),
  integrity,
  /** Requests of the period in the request table and in CloudTrail, and those that are alike; null where no table was given. */
  table: known(z.object({ requests: count, agree: count })),
  rightSizing: z.array(entitlementUse),
  controls: z.array(control),
});

export type ReviewDocument = z.infer<typeof reviewDocumentSchema>;
