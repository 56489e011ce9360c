import { runSimulation } from '@cloud-copilot/iam-simulate';
import { addSeconds } from '#domain/instant.ts';

const account = '111122223333';
export const ordersTable = `arn:aws:dynamodb:us-east-1:${account}:table/orders`;

export interface AccessCall {
  action: string;
  resource?: string;
  context?: Record<string, string | string[]>;
  at: string;
  sourceIp?: string;
  /** What the role itself allows; everything, unless the test is about the role. */
  rolePolicy?: object;
  boundary?: string;
  sessionName?: string;
  issuedAt?: string;
}

export const allowEverything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Whether IAM would let a session with this policy make the call: evaluated, not guessed from the policy's text. */
export async function isAllowed(sessionPolicy: string | undefined, call: AccessCall): Promise<boolean> {
  const {
    action,
    resource = ordersTable,
    context = {},
    at,
    sourceIp = '203.0.113.7',
    rolePolicy = allowEverything,
  } = call;
  const { boundary, sessionName = '01KANB1X000000000000000001', issuedAt = addSeconds(at, -60) } = call;
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/countersign-orders-read/${sessionName}`,
        action,
        resource: { resource, accountId: account },
        contextVariables: {
          'aws:CurrentTime': at,
          'aws:SourceIp': sourceIp,
          'aws:ViaAWSService': 'false',
          'aws:userid': `AROAEXAMPLE:${sessionName}`,
          'aws:TokenIssueTime': issuedAt,
          ...context,
        },
      },
      identityPolicies: [{ name: 'role', policy: rolePolicy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(sessionPolicy !== undefined && { sessionPolicy: JSON.parse(sessionPolicy) }),
      ...(boundary !== undefined && {
        permissionBoundaryPolicies: [{ name: 'boundary', policy: JSON.parse(boundary) }],
      }),
    },
    { simulationMode: 'Strict' },
  );
  if (outcome.resultType !== 'single') throw new Error(`Not evaluated: ${JSON.stringify(outcome)}`);
  return outcome.result.analysis.result === 'Allowed';
}
