// @ts-expect-error: the package has no type declarations.
import aslValidator from 'asl-validator';
import { describe, expect, test } from 'vitest';
import type { RoleDefinition } from '#infra/definitions.ts';
import { functionEnvironment } from '#infra/functionEnvironment.ts';
import { functionNames, functions } from '#infra/functions.ts';
import { functionResourceName, installationOf } from '#infra/installation.ts';
import { macKeys } from '#infra/macKeys.ts';
import { requestTable } from '#infra/requestTable.ts';
import { serviceRoles } from '#infra/serviceRoles.ts';
import { awsWiring } from '../../local/wiring.ts';
import { aCatalogue } from '../support/builders.ts';
import { type Resource, resolved, resourcesOfType, someSettings, synthesized } from '../support/stacks.ts';

const { service } = synthesized();
const settings = someSettings();
const catalogue = aCatalogue();

/** The resource of a type that has this name, references resolved. */
function named(type: string, property: string, name: string): Resource {
  const found = Object.values(resourcesOfType(service, type)).find(
    ({ Properties }) => resolved(service, Properties[property]) === name,
  );
  if (!found) throw new RangeError(`There is no ${type} ${name}.`);
  return { ...found, Properties: resolved(service, found.Properties) };
}

function keyOf(alias: string): { arn: string; resource: Resource } {
  const found = Object.values(resourcesOfType(service, 'AWS::KMS::Alias')).find(
    ({ Properties }) => Properties.AliasName === alias,
  );
  const logicalId = found?.Properties.TargetKeyId.Ref;
  const resource = service.Resources[logicalId];
  if (!resource) throw new RangeError(`There is no key ${alias}.`);
  return {
    arn: resolved(service, { 'Fn::GetAtt': [logicalId, 'Arn'] }),
    resource: { ...resource, Properties: resolved(service, resource.Properties) },
  };
}

/** What the stack becomes: the same data, with the ids that AWS gave. */
const installation = installationOf(settings, {
  baseUrl: resolved(service, service.Outputs?.ApiBaseUrl?.Value),
  keys: {
    requests: keyOf('alias/countersign-requests').arn,
    approvalTokens: keyOf('alias/countersign-approval-tokens').arn,
    decisions: keyOf('alias/countersign-decisions').arn,
  },
  dataKey: keyOf('alias/countersign-data').arn,
});

describe('What the local endpoint enforces and runs is what is deployed', () => {
  const definitions = serviceRoles(installation, catalogue).filter(
    ({ name }) => name !== functionResourceName('reconcileTrail'),
  );

  function deployedRole(name: string): RoleDefinition {
    const { Properties } = named('AWS::IAM::Role', 'RoleName', name);
    const [inline, ...others] = Properties.Policies;
    expect(others).toEqual([]);
    return {
      account: settings.service.account,
      name,
      trustPolicy: Properties.AssumeRolePolicyDocument,
      policy: inline.PolicyDocument,
      managedPolicyArns: Properties.ManagedPolicyArns,
      maxSessionDuration: Properties.MaxSessionDuration,
    };
  }

  test.each(definitions)('the role $name', (definition) => {
    expect(deployedRole(definition.name)).toEqual(definition);
  });

  test('and no role beside them but the one by which API Gateway writes its logs', () => {
    const roles = Object.values(resourcesOfType(service, 'AWS::IAM::Role')).map(
      ({ Properties }) => Properties,
    );
    const others = roles.filter(({ RoleName }) => definitions.every(({ name }) => name !== RoleName));
    const trusted = others.map(
      ({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument.Statement[0].Principal,
    );
    expect(roles).toHaveLength(definitions.length + 1);
    expect(trusted).toEqual([{ Service: 'apigateway.amazonaws.com' }]);
  });

  test.each(macKeys(installation))('the key $alias', ({ alias, arn, policy }) => {
    const { arn: deployedArn, resource } = keyOf(alias);
    expect(deployedArn).toBe(arn);
    expect(resource.Properties).toMatchObject({
      KeyPolicy: policy,
      KeySpec: 'HMAC_256',
      KeyUsage: 'GENERATE_VERIFY_MAC',
    });
  });

  test('the table, with its keys and indexes', () => {
    const { Properties } = named('AWS::DynamoDB::Table', 'TableName', requestTable.name);
    const keysOf = (schema: { AttributeName: string; KeyType: string }[]) =>
      schema.map(({ AttributeName, KeyType }) => [KeyType, AttributeName]);
    expect(keysOf(Properties.KeySchema)).toEqual([
      ['HASH', requestTable.partitionKey],
      ['RANGE', requestTable.sortKey],
    ]);
    const indexes = Properties.GlobalSecondaryIndexes.map(
      (index: { IndexName: string; KeySchema: never[]; Projection: { ProjectionType: string } }) => [
        index.IndexName,
        index.Projection.ProjectionType,
        ...keysOf(index.KeySchema),
      ],
    );
    expect(indexes).toEqual(
      requestTable.indexes.map(({ name, partitionKey, sortKey }) => [
        name,
        'KEYS_ONLY',
        ['HASH', partitionKey],
        ['RANGE', sortKey],
      ]),
    );
  });

  test('the workflow, which is valid Amazon States Language', () => {
    const { Properties } = named('AWS::StepFunctions::StateMachine', 'StateMachineName', 'countersign-grant');
    const definition = JSON.parse(
      Properties.DefinitionString.replaceAll(
        /\$\{(\w+)\}/g,
        (_: string, name: string) => Properties.DefinitionSubstitutions[name],
      ),
    );
    expect(definition).toEqual(awsWiring(installation, catalogue).workflowDefinition);
    const { isValid, errorsText } = aslValidator(definition);
    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
  });

  test.each(functionNames.filter((name) => name !== 'reconcileTrail'))('the function %s', (name) => {
    const { Properties } = named('AWS::Lambda::Function', 'FunctionName', functionResourceName(name));
    const { timeoutSeconds, memoryMegabytes, failureImpact, reservedConcurrency } = functions[name];
    expect(Properties.Environment.Variables).toEqual(functionEnvironment(name, installation));
    expect(Properties).toMatchObject({
      Timeout: timeoutSeconds,
      MemorySize: memoryMegabytes,
      Description: `If it fails: ${failureImpact}`,
      Role: `arn:aws:iam::${settings.service.account}:role/${functionResourceName(name)}`,
    });
    expect(Properties.ReservedConcurrentExecutions).toBe(reservedConcurrency);
  });
});

describe('What the service stores', () => {
  test('cannot be deleted by mistake, and can be restored to any second of five weeks', () => {
    expect(named('AWS::DynamoDB::Table', 'TableName', 'countersign')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      },
    });
  });

  test('is encrypted under the data key, wherever AWS takes one', () => {
    const keysOf = (type: string, keyIn: (properties: Resource['Properties']) => unknown) =>
      Object.values(resourcesOfType(service, type)).map(({ Properties }) =>
        keyIn(resolved(service, Properties)),
      );
    const used = [
      ...keysOf('AWS::DynamoDB::Table', (table) => table.SSESpecification.KMSMasterKeyId),
      ...keysOf('AWS::StepFunctions::StateMachine', (machine) => machine.EncryptionConfiguration.KmsKeyId),
      ...keysOf('AWS::Logs::LogGroup', (group) => group.KmsKeyId),
      ...keysOf('AWS::Lambda::Function', (each) => each.KmsKeyArn),
      ...keysOf('AWS::SNS::Topic', (topic) => topic.KmsMasterKeyId),
      ...keysOf('AWS::Events::EventBus', (bus) => bus.KmsKeyIdentifier),
    ];
    expect([...new Set(used)]).toEqual([installation.dataKey]);
  });

  test('stays as long in the logs as the settings say, and nothing of a request stands in the workflow’s', () => {
    for (const { Properties } of Object.values(resourcesOfType(service, 'AWS::Logs::LogGroup')))
      expect(Properties.RetentionInDays).toBe(settings.retention.logDays);
    const { Properties } = named('AWS::StepFunctions::StateMachine', 'StateMachineName', 'countersign-grant');
    expect(Properties.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
  });
});

describe('CloudFormation', () => {
  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, white space not counted. */
  const characters = (document: unknown): number => JSON.stringify(document).length;

  test('gets 100 resources at most', () => {
    expect(Object.keys(service.Resources).length).toBeLessThanOrEqual(100);
  });

  test('gets ASCII only: it puts question marks in the place of other characters', () => {
    expect(JSON.stringify(service).match(/[^ -~]+/g) ?? []).toEqual([]);
  });

  test('gets roles whose policies IAM takes', () => {
    for (const { Properties } of Object.values(resourcesOfType(service, 'AWS::IAM::Role'))) {
      const { RoleName, AssumeRolePolicyDocument, Policies } = resolved(service, Properties);
      expect(characters(AssumeRolePolicyDocument), RoleName).toBeLessThanOrEqual(2_048);
      expect(characters(Policies ?? []), RoleName).toBeLessThanOrEqual(10_240);
    }
  });

  test('gets the tags of the settings for everything that can carry any', () => {
    const untagged = Object.values(service.Resources).filter(
      ({ Properties }) => Properties.Tags === undefined,
    );
    expect([...new Set(untagged.map(({ Type }) => Type))].sort()).toEqual([
      'AWS::ApiGateway::Account',
      'AWS::ApiGateway::Deployment',
      'AWS::Events::EventBusPolicy',
      'AWS::KMS::Alias',
      'AWS::Lambda::Permission',
      'AWS::SES::ConfigurationSetEventDestination',
      'AWS::SNS::Subscription',
      'AWS::SNS::TopicPolicy',
    ]);
  });
});
