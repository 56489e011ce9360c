import { roleNameOf, sessionArn } from './arn.ts';
import type { Authoriser } from './authorisation.ts';
import { AwsError } from './awsError.ts';
import type { Role, Roles } from './roles.ts';
import { trailDate } from './services/sts.ts';
import type { Sessions } from './sessions.ts';
import type { Trail } from './trail.ts';
import { serviceRecord } from './trailRecord.ts';

/** What a function gets in its environment. */
export interface ServiceCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

const sessionSeconds = 12 * 3600;
const services = ['lambda.amazonaws.com', 'states.amazonaws.com'];

interface ServiceSessionsOptions {
  roles: Roles;
  sessions: Sessions;
  authoriser: Authoriser;
  trail: Trail;
  region: string;
  stateMachineArn: string;
  now: () => number;
}

/** `functionArn` is the function that Lambda starts: the one that has the role's name, unless told otherwise. */
export type CredentialsFor = (
  roleArn: string,
  sessionName: string,
  functionArn?: string,
) => Promise<ServiceCredentials>;

/**
 * What Lambda or Step Functions does before it starts work: it assumes the role, if the role's trust policy
 * lets it, for twelve hours. Throws AccessDenied if the role trusts neither service.
 */
export function createServiceSessions(options: ServiceSessionsOptions): CredentialsFor {
  const { roles, sessions, trail, region, now } = options;
  return async (roleArn, sessionName, functionArn) => {
    const role = roles.get(roleArn);
    if (role === undefined) throw new AwsError('NoSuchEntity', `The role ${roleArn} cannot be found.`, 404);
    const { account } = role.definition;
    const service = await trustedService(role, sessionName, options);
    const issuedAt = Math.floor(now() / 1000) * 1000;
    const expiresAt = issuedAt + sessionSeconds * 1000;
    const { session, sessionToken } = sessions.create({
      issuedAt,
      expiresAt,
      roleArn,
      roleId: role.roleId,
      account,
      sessionName,
      ...(service.startsWith('lambda') && {
        sourceFunctionArn:
          functionArn ?? `arn:aws:lambda:${region}:${account}:function:${roleNameOf(roleArn)}`,
      }),
      tags: {},
      transitiveTagKeys: [],
      policyArns: [],
    });
    const { accessKeyId, secretAccessKey } = session;
    trail.record(
      serviceRecord({
        service,
        region,
        time: now(),
        account,
        requestParameters: { roleArn, roleSessionName: sessionName, durationSeconds: sessionSeconds },
        responseElements: { credentials: { accessKeyId, expiration: trailDate(expiresAt), sessionToken } },
      }),
    );
    return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiresAt) };
  };
}

/** The service that the role trusts. */
async function trustedService(
  role: Role,
  sessionName: string,
  { authoriser, stateMachineArn }: ServiceSessionsOptions,
): Promise<string> {
  const context = { 'aws:SourceAccount': role.definition.account, 'sts:RoleSessionName': sessionName };
  for (const service of services) {
    const source = service.startsWith('states') ? { 'aws:SourceArn': stateMachineArn } : {};
    if (await authoriser.serviceMayAssume(service, role, { ...context, ...source })) return service;
  }
  throw new AwsError(
    'AccessDenied',
    `No service that runs functions may assume ${role.arn} (${sessionArn(role.arn, sessionName)}).`,
    403,
  );
}
