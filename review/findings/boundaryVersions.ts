import * as z from 'zod';
import { addSeconds, type Instant, instantSchema } from '#domain/instant.ts';
import type { Grant } from '../grants/grant.ts';
import { parsedJson } from '../jsonValues.ts';
import type { CallerIdentity } from '../reader/keptEvent.ts';
import type { Trail } from '../reader/trail.ts';
import { rememberedOf } from '../sessions/remembered.ts';

/** A text that was put in force as the boundary policy of a target role. */
export interface BoundaryVersion {
  at: Instant;
  eventId: string;
  account: string;
  policyArn: string;
  /** The role that it bounds: `countersign-boundary-orders-read` bounds `countersign-orders-read`. */
  roleArn: string;
  caller: CallerIdentity;
  /** Absent where the text is no policy that allows everything and denies what a deny list names. */
  denied?: DenyText | undefined;
}

interface DenyText {
  /** Patterns on `aws:userid`, such as `*:<request id>`. */
  users: string[];
  /** Every session issued before this instant is denied. */
  issuedBefore?: Instant | undefined;
}

const everything = { Action: z.literal('*'), Resource: z.literal('*') };

const allowSchema = z.strictObject({ Effect: z.literal('Allow'), ...everything });

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

/** What domain/denyList.ts renders: the two kinds of Deny, each on its own. */
const denySchema = z.strictObject({
  Effect: z.literal('Deny'),
  ...everything,
  Condition: z.union([
    z.strictObject({ StringLike: z.strictObject({ 'aws:userid': oneOrMore }) }),
    z.strictObject({ DateLessThan: z.strictObject({ 'aws:TokenIssueTime': instantSchema }) }),
  ]),
});

const boundarySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.tuple([allowSchema], denySchema),
});

const requestSchema = z.object({
  policyArn: z.string().regex(/^arn:[^:]+:iam::\d{12}:policy\/countersign-boundary-/),
  policyDocument: z.string(),
  setAsDefault: z.boolean().optional(),
});

/** Versions of boundary policies that were put in force, by time. */
export const boundaryVersionsIn = rememberedOf(({ kept }: Pick<Trail, 'kept'>): BoundaryVersion[] =>
  kept.flatMap((event): BoundaryVersion[] => {
    if (event.source !== 'iam.amazonaws.com' || event.name !== 'CreatePolicyVersion') return [];
    const request = requestSchema.safeParse(event.request).data;
    if (event.errorCode !== undefined || request?.setAsDefault !== true) return [];
    const { policyArn, policyDocument } = request;
    const roleArn = policyArn.replace(':policy/countersign-boundary-', ':role/countersign-');
    const { id: eventId, at, account, caller } = event;
    return [{ at, eventId, account, policyArn, roleArn, caller, denied: denyTextOf(policyDocument) }];
  }),
);

/** Whether a version denies every session that a grant had when it ended. */
export const denies = (
  { denied }: Pick<BoundaryVersion, 'denied'>,
  { id, sessions }: Pick<Grant, 'id' | 'sessions'>,
  endedAt: Instant,
): boolean => {
  const { issuedBefore, users = [] } = denied ?? {};
  if (users.includes(`*:${id}`)) return true;
  // By the clock of STS, to the second.
  return (
    issuedBefore !== undefined &&
    sessions.every(({ issuedAt }) => issuedAt < issuedBefore || issuedAt > addSeconds(endedAt, 1))
  );
};

function denyTextOf(document: string): DenyText | undefined {
  const { data } = boundarySchema.safeParse(parsedJson(document));
  if (!data) return undefined;
  const [, ...statements] = data.Statement;
  const conditions = statements.map(({ Condition }) => Condition);
  return {
    users: conditions.flatMap((condition) =>
      'StringLike' in condition ? condition.StringLike['aws:userid'] : [],
    ),
    issuedBefore: conditions
      .flatMap((condition) =>
        'DateLessThan' in condition ? [condition.DateLessThan['aws:TokenIssueTime']] : [],
      )
      .sort()
      .at(-1),
  };
}
