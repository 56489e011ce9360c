import type * as z from 'zod';
import type { GrantSession } from '../grants/grant.ts';
import type { Review } from '../review.ts';
import { verdictOf } from '../verdict.ts';
import { controls } from './controls.ts';
import type { CrossReferences } from './crossReferences.ts';
import { chainVerdict, figuresOf } from './grantFigures.ts';
import { inputFaults } from './inputFaults.ts';
import { inputsSha256 } from './inputList.ts';
import { reviewDocumentSchema } from './reviewDocument.ts';
import type { StreamedDocument } from './reviewJson.ts';

/**
 * The review as review.json has it. The schema picks the fields, so that nothing else of what log files hold gets in, and puts
 * null for what is not known.
 */
export function documentOf(review: Review, { requestOf }: CrossReferences): StreamedDocument {
  const { shape } = reviewDocumentSchema;
  const { issuances } = review;
  const { outcome, notChecked } = verdictOf(review);
  return {
    schemaVersion: 1,
    tool: shape.tool.parse(review.tool),
    madeAt: review.madeAt,
    period: shape.period.parse(review.period),
    parameters: sorted(review.parameters),
    inputs: pick(shape.inputs, review.inputs),
    verdict: outcome,
    notChecked,
    completeness: pick(shape.completeness, completenessOf(review)),
    issuances: { ok: issuances.ok.length, failed: issuances.failed.length },
    refusedIssuances: each(issuances.failed, (refused) =>
      pick(shape.refusedIssuances.element, refusedIssuanceOf(refused)),
    ),
    sessions: each(review.sessions, (session) =>
      pick(shape.sessions.element, {
        ...session,
        role: session.identity.issuerArn,
        issuingEventId: session.issuance?.event.id,
        expiresAt: session.issuance?.expiresAt,
        requestId: requestOf(session),
      }),
    ),
    grants: each(review.grants, (grant) => pick(shape.grants.element, grantOf(grant))),
    findings: each(review.findings, (finding) => pick(shape.findings.element, finding)),
    integrity: pick(shape.integrity, review.integrity),
    table: pick(shape.table, review.table),
    rightSizing: each(review.rightSizing, (use) => pick(shape.rightSizing.element, use)),
    controls,
  };
}

function* each<From, To>(items: Iterable<From>, change: (item: From) => To): Generator<To> {
  for (const item of items) yield change(item);
}

/** The schema strips what it does not name. */
const pick = <Schema extends z.ZodType>(schema: Schema, item: z.input<Schema>): z.output<Schema> =>
  schema.parse(item);

const completenessOf = ({ completeness, trail }: Review) => ({
  ...completeness,
  skipped: sorted(completeness.skipped),
  inputsSha256: inputsSha256(trail.files),
  faults: inputFaults(trail),
  conflicts: trail.conflicts,
});

/** Without the error message, which quotes what the caller sent. */
const refusedIssuanceOf = ({ event, roleArn }: Review['issuances']['failed'][number]) => ({
  at: event.at,
  eventId: event.id,
  account: event.account,
  call: event.name,
  caller: event.caller.arn ?? event.caller.invokedBy ?? event.caller.account,
  roleArn,
  errorCode: event.errorCode,
  sourceIp: event.sourceIp,
});

const grantOf = (grant: Review['grants'][number]) => ({
  ...grant,
  ...figuresOf(grant),
  sessions: grant.sessions.map(grantSessionOf),
  chain: {
    ...grant.chain,
    verdict: chainVerdict(grant.chain),
    links: grant.chain.links.map(({ evidence, content, happenedBy }) => ({
      ...evidence,
      content,
      happenedBy,
    })),
    lost: grant.chain.lost.map(({ eventId }) => eventId),
    apart: (grant.chain.apart ?? []).map(({ eventId }) => eventId),
  },
});

const grantSessionOf = (session: GrantSession) => ({
  ...session,
  issuingEventId: session.issuance.event.id,
  arn: session.sessionArn,
  policy: session.issuance.policy,
  policyArns: session.issuance.policyArns,
  attestedBy: session.attestedBy && {
    eventId: session.attestedBy.evidence.eventId,
    how: session.attestedBy.how,
  },
  calls: session.activity.flatMap(({ each }) => each.map((call) => ({ ...call, eventId: call.id }))),
});

const sorted = <Value>(record: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
