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
interface Assumed {
  caller: string;
  roleArn: string;
  sourceIdentity: string | undefined;
  policy: string | undefined;
  tags: Record<string, string>;
  accessKeyId: string;
}

/** Every role that was assumed in the name of a request, oldest first. Read from the trail alone. */
function assumedFor(service: Service, id: string): Assumed[] {
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

/** What the first link of every chain follows: 32 zero bytes. */
const beginning = 'A'.repeat(43);

/**
 * The story of a request from the trail alone, linked by hash from its beginning. Of two that follow the same link one lost
 * the race: the longer story is the one that went on.
 */
export function chainOf(attested: readonly Assumed[], previous: string = beginning): Assumed[] {
  const stories = attested
    .filter(({ tags }) => tags['cs:previous'] === previous)
    .map((link) => [link, ...chainOf(attested, link.tags['cs:hash'])]);
  return stories.sort((a, b) => b.length - a.length)[0] ?? [];
}
