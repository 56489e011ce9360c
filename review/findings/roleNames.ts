import { managedRole } from '#domain/outOfBand.ts';
import { fieldsOf, textOf } from '../reader/fields.ts';
import type { CallerIdentity } from '../reader/keptEvent.ts';
import type { Issuance } from '../sessions/issuance.ts';
import { answerOf } from '../sessions/issuedCredentials.ts';

/**
 * The roles of Countersign that the records of an issuance name, and any others: whose session came out of it, whose was asked for, and
 * which resource it was. All of these are one role, unless somebody changed a record.
 */
export const rolesOfIssuance = ({ event, copies }: Pick<Issuance, 'event' | 'copies'>): string[] =>
  rolesIn(
    [event, ...copies].flatMap((record) => [
      textOf(fieldsOf(answerOf(record)?.assumedRoleUser)?.arn),
      textOf(fieldsOf(record.request)?.roleArn),
      ...record.resources,
    ]),
  );

/** Likewise of a session: by its ARN, and by the role that its record has as its issuer. */
export const rolesOfSession = ({ arn, identity }: { arn: string; identity: CallerIdentity }): string[] =>
  rolesIn([arn, identity.issuerArn]);

/** The role of Countersign that a session is of; undefined for all others. */
export const ourRoleOfSession = (session: { arn: string; identity: CallerIdentity }): string | undefined =>
  rolesOfSession(session).find(isOurRole);

export const isOurRole = (roleArn: string): boolean => managedRole(roleArn) !== undefined;

export const isSameRole = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The roles that ARNs of roles and of their sessions name, each once; none where none can be Countersign's, as mostly. */
function rolesIn(arns: readonly (string | undefined)[]): string[] {
  if (!arns.some((arn = '') => ourPrefix.test(arn))) return [];
  const roles = arns.flatMap((arn = '') => plainRoleArn(arn) ?? []);
  return [...new Map(roles.map((role) => [role.toLowerCase(), role])).values()];
}

/**
 * A role as IAM tells roles apart, by account and name: neither its path nor the case of its letters makes another role of it. A
 * partition would, and no account is in two of them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
 */
function plainRoleArn(arn: string): string | undefined {
  const [, owner, path = '', sessionOwner, role = ''] = roleOrSession.exec(arn) ?? [];
  const account = owner ?? sessionOwner;
  const name = owner === undefined ? role : path.slice(path.lastIndexOf('/') + 1);
  if (account === undefined || name === '') return undefined;
  return `arn:aws:iam::${account}:role/${name.replace(/^countersign-/i, 'countersign-')}`;
}

/** Before the name of a role, in its ARN and in those of its sessions. */
const ourPrefix = /\/countersign-/i;

const roleOrSession =
  /^arn:[^:]*:(?:iam::(\d{12}):role\/(.+)|sts::(\d{12}):assumed-role\/([^/]+)(?:\/.*)?)$/s;
