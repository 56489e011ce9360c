import { describe, expect, test } from 'vitest';
import { type Resource, resolved, synthesized, type Template } from '../support/stacks.ts';

/**
 * What CloudFormation replaces a resource for, by type: another value is another resource, and what the old one held is
 * lost. A changed logical id is the same.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
const replacedFor: Record<string, string[]> = {
  'AWS::ApiGateway::RestApi': [],
  'AWS::CloudTrail::Trail': ['TrailName'],
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema'],
  'AWS::Events::EventBus': ['Name'],
  // The document too: another text would be put over a deny list in use.
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'Path', 'Description', 'PolicyDocument'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::S3::Bucket': ['BucketName', 'ObjectLockEnabled'],
  'AWS::SES::EmailIdentity': ['EmailIdentity'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 'StateMachineType'],
};

/**
 * What holds something that cannot be made again: it stays when a stack goes, and when CloudFormation wants to replace it. What
 * nothing protects from deletion goes when the deployment that made it fails, so that its name is free for the next.
 */
const irreplaceable: Record<string, string[]> = {
  'AWS::DynamoDB::Table': ['Retain'],
  // The key of log files that are there already stays with them.
  'AWS::KMS::Key': ['RetainExceptOnCreate', 'Retain'],
  'AWS::S3::Bucket': ['Retain'],
  'AWS::Logs::LogGroup': ['RetainExceptOnCreate'],
};

const { all } = synthesized();
const stackNames = Object.keys(all).sort();

const templateOf = (stack: string): Template => {
  const template = all[stack];
  if (!template) throw new RangeError(`There is no stack ${stack}.`);
  return template;
};

function identityOf(template: Template, { Type, Properties }: Resource): Record<string, unknown> | undefined {
  const properties = replacedFor[Type];
  if (!properties) return undefined;
  const values = properties.map(
    (property) => [property, resolved(template, Properties?.[property])] as const,
  );
  return { Type, ...Object.fromEntries(values.filter(([, value]) => value !== undefined)) };
}

describe('An upgrade', () => {
  test('keeps every logical id, and everything for which CloudFormation would replace a resource', async () => {
    const identities = stackNames.map((stack) => {
      const template = templateOf(stack);
      const found = Object.entries(template.Resources).flatMap(([id, resource]) => {
        const identity = identityOf(template, resource);
        return identity ? [[id, identity] as const] : [];
      });
      return [stack, Object.fromEntries(found.sort(([one], [other]) => one.localeCompare(other)))] as const;
    });
    const text = `${JSON.stringify(Object.fromEntries(identities), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../cases/stableResources.json');
  });

  test.each(stackNames)('of %s never removes what holds data, keys or evidence', (stack) => {
    const exposed = Object.entries(templateOf(stack).Resources)
      .filter(([, { Type }]) => Type in irreplaceable)
      .filter(
        ([, { Type, DeletionPolicy, UpdateReplacePolicy }]) =>
          !irreplaceable[Type]?.includes(DeletionPolicy ?? '') || UpdateReplacePolicy !== 'Retain',
      );
    expect(exposed.map(([id]) => id)).toEqual([]);
  });
});
