import * as z from 'zod';
import type { Service } from '../support/service.ts';
import { serviceAccount } from '../support/table.ts';

const assumeRoleSchema = z.object({
  eventName: z.literal('AssumeRole'),
  // The caller's copy; the role owner's account has its own of every call from outside.
  recipientAccountId: z.literal(serviceAccount),
  userIdentity: z.object({
    type: z.literal('AssumedRole'),
    sessionContext: z.object({ sessionIssuer: z.object({ userName: z.string() }) }),
  }),
  requestParameters: z.object({
    roleArn: z.string(),
    roleSessionName: z.string(),
    sourceIdentity: z.string().optional(),
    policy: z.string().optional(),
    tags: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
  }),
  responseElements: z.object({ credentials: z.object({ accessKeyId: z.string() }) }),
});

/** A successful AssumeRole of one of our functions, as CloudTrail shows it. */
export interface Assumed {
  caller: string;
  roleArn: string;
  sourceIdentity: string | undefined;
  policy: string | undefined;
  tags: Record<string, string>;
  accessKeyId: string;
}

/** Every role that was assumed in the name of a request, oldest first. Read from the trail alone. */
export function assumedFor(service: Service, id: string): Assumed[] {
  return service.server.aws.trail().flatMap((record) => {
    const parsed = assumeRoleSchema.safeParse(record);
    if (!parsed.success || parsed.data.requestParameters.roleSessionName !== id) return [];
    const { userIdentity, requestParameters, responseElements } = parsed.data;
    const { roleArn, sourceIdentity, policy, tags } = requestParameters;
    return [
      {
        caller: userIdentity.sessionContext.sessionIssuer.userName,
        roleArn,
        sourceIdentity,
        policy,
        tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
        accessKeyId: responseElements.credentials.accessKeyId,
      },
    ];
  });
}

const isOwn = ({ roleArn }: Assumed): boolean => /:role\/countersign-(notary|revoker)$/.test(roleArn);

/** Sessions in target accounts: what access really is. Whatever role it was, it counts. */
export const targetSessionsOf = (service: Service, id: string): Assumed[] =>
  assumedFor(service, id).filter((assumed) => !isOwn(assumed));

/** What was put on record about a request, in the order of its making. */
export const attestedOf = (service: Service, id: string): Assumed[] =>
  assumedFor(service, id).filter(({ roleArn }) => roleArn.endsWith(':role/countersign-notary'));

/** The story of a request from the trail alone: linked by hash from its beginning. Links that nothing chains to are left out. */
export function chainOf(attested: readonly Assumed[]): Assumed[] {
  const chain: Assumed[] = [];
  let previous = '0'.repeat(64);
  for (;;) {
    const followers = attested.filter(({ tags }) => tags['cs:previous'] === previous);
    // Of two that follow the same link, one lost the race: the longer story is the one that went on.
    const [best] = followers
      .map((link) => [link, ...chainFrom(attested, link)])
      .sort((a, b) => b.length - a.length);
    if (!best) return chain;
    chain.push(...best);
    previous = best.at(-1)?.tags['cs:hash'] ?? '';
  }
}

function chainFrom(attested: readonly Assumed[], link: Assumed): Assumed[] {
  const next = attested.find(({ tags }) => tags['cs:previous'] === link.tags['cs:hash']);
  return next ? [next, ...chainFrom(attested, next)] : [];
}
