import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import { emailSchema } from '../../domain/identity.ts';
import { type CliFailure, isNotFound, sentenceOf } from './awsCliFailure.ts';
import type { Address, Directory } from './directory.ts';

const groupSchema = z.object({ GroupId: z.string() });
/** Groups hold people only: IAM Identity Center nests none. */
const membershipsSchema = z.object({
  GroupMemberships: z.array(z.object({ MemberId: z.object({ UserId: z.string() }) })),
  NextToken: z.string().nullish(),
});
const userSchema = z.object({
  Emails: z
    .array(z.object({ Value: z.string().optional(), Primary: z.boolean().default(false) }))
    .default([]),
  /** Only newer versions of the AWS CLI tell it. */
  UserStatus: z.string().optional(),
});

/**
 * IAM Identity Center's identity store by way of the AWS CLI, which finds credentials wherever a team keeps them. Needs
 * `identitystore:GetGroupId`, `ListGroupMemberships` and `DescribeUser`.
 */
export function awsCliDirectory(store: { identityStoreId: string; region: string }): Directory {
  const call = callIn(store);
  return {
    async groupIdOf(name) {
      const displayName = { AttributePath: 'displayName', AttributeValue: name };
      const identifier = JSON.stringify({ UniqueAttribute: displayName });
      const found = await call('get-group-id', ['--alternate-identifier', identifier], groupSchema);
      return found?.GroupId;
    },
    async membersOf(groupId) {
      const members: string[] = [];
      let token: string | null | undefined;
      do {
        const next = token ? ['--starting-token', token] : [];
        const page = await call(
          'list-group-memberships',
          ['--group-id', groupId, '--max-items', '1000', ...next],
          membershipsSchema,
        );
        members.push(...(page?.GroupMemberships ?? []).map(({ MemberId }) => MemberId.UserId));
        token = page?.NextToken;
      } while (token);
      return members;
    },
    async addressOf(userId) {
      return addressIn(await call('describe-user', ['--user-id', userId], userSchema), userId);
    },
  };
}

/** The primary address, or the only one. Who is disabled, or has no address that can be compared, is left out. */
function addressIn(user: z.infer<typeof userSchema> | undefined, userId: string): Address {
  if (!user) return { leftOut: `user ${userId} is gone` };
  if (user.UserStatus === 'DISABLED') return { leftOut: `user ${userId} is disabled` };
  const chosen =
    user.Emails.find(({ Primary }) => Primary) ?? (user.Emails.length === 1 ? user.Emails[0] : undefined);
  const email = emailSchema.safeParse(chosen?.Value);
  return email.success
    ? { email: email.data }
    : { leftOut: `user ${userId} has no e-mail address by which to know them` };
}

/** Runs `aws identitystore …`. Undefined when there is no such group or user. */
function callIn({ identityStoreId, region }: { identityStoreId: string; region: string }) {
  const where = ['--identity-store-id', identityStoreId, '--region', region, '--output', 'json'];
  return async <Schema extends z.ZodType>(
    operation: string,
    parameters: string[],
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> => {
    const answer = await run(['identitystore', operation, ...where, ...parameters]);
    if (answer === undefined) return undefined;
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new DirectoryError(`aws identitystore ${operation} answered something unexpected.`);
  };
}

/** The directory cannot be read: a sentence for whoever wanted to. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
}

async function run(parameters: string[]): Promise<unknown> {
  // Neither a pager nor a prompt: nobody is there to answer.
  const env = { ...process.env, AWS_PAGER: '', AWS_CLI_AUTO_PROMPT: 'off' };
  try {
    const { stdout } = await promisify(execFile)('aws', parameters, { env, maxBuffer: 2 ** 28 });
    return JSON.parse(stdout);
  } catch (error) {
    const failure = error as CliFailure;
    if (isNotFound(failure)) return undefined;
    throw new DirectoryError(sentenceOf(failure), { cause: error });
  }
}
