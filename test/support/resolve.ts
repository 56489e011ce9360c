import { createHash } from 'node:crypto';
import type { Place, Resource, Template } from './stacks.ts';

interface Scope {
  template: Template;
  place: Place;
  resolve(part: unknown): unknown;
}

/** A value of a template as it is once deployed there. Throws at what it does not know. */
export function resolve(template: Template, place: Place, value: unknown): unknown {
  const scope: Scope = { template, place, resolve: (part) => resolve(template, place, part) };
  if (Array.isArray(value)) return value.map(scope.resolve).filter((part) => part !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[key, operand] = ['']] = entries;
  const intrinsic = entries.length === 1 ? intrinsics[key] : undefined;
  if (intrinsic) return intrinsic(operand, scope);
  const parts = entries.map(([name, part]) => [name, scope.resolve(part)] as const);
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
}

// oxlint-disable-next-line typescript/no-explicit-any -- operands have the shape that their function wants.
const intrinsics: Record<string, (operand: any, scope: Scope) => unknown> = {
  Ref: reference,
  'Fn::GetAtt': (operand, scope) => {
    const [name, attribute] = typeof operand === 'string' ? operand.split(/\.(.*)/) : operand;
    return attributeOf(name, attribute, scope);
  },
  'Fn::Join': ([separator, parts], { resolve }) => (resolve(parts) as string[]).join(separator),
  'Fn::Select': ([index, parts], { resolve }) => (resolve(parts) as unknown[])[Number(resolve(index))],
  'Fn::Split': ([separator, text], { resolve }) => String(resolve(text)).split(separator),
  'Fn::Sub': substitute,
  'Fn::If': ([name, met, unmet], scope) => scope.resolve(isMet(name, scope) ? met : unmet),
  // A statement's conditions go by the same name as a reference to a condition, and are an object.
  Condition: (operand, scope) =>
    typeof operand === 'string' ? isMet(operand, scope) : { Condition: scope.resolve(operand) },
  'Fn::Equals': ([one, other], { resolve }) => resolve(one) === resolve(other),
  'Fn::Not': ([condition], { resolve }) => resolve(condition) !== true,
  'Fn::And': (conditions, { resolve }) => (resolve(conditions) as unknown[]).every((met) => met === true),
  'Fn::Or': (conditions, { resolve }) => (resolve(conditions) as unknown[]).some((met) => met === true),
};

function isMet(name: string, { template, resolve }: Scope): boolean {
  const condition = template.Conditions?.[name];
  if (condition === undefined) throw new RangeError(`The template has no condition ${name}.`);
  return resolve(condition) === true;
}

function substitute(operand: string | [string, Record<string, unknown>], { resolve }: Scope): string {
  const [text, values] = typeof operand === 'string' ? [operand, {}] : operand;
  const partOf = (name: string): unknown => {
    if (name in values) return values[name];
    return name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name };
  };
  return text.replaceAll(/\$\{([^!}][^}]*)\}/g, (_, name: string) => String(resolve(partOf(name))));
}

function reference(name: string, scope: Scope): unknown {
  const { template, place } = scope;
  const pseudoParameters: Record<string, string | undefined> = {
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': 'a-stack',
    'AWS::NoValue': undefined,
  };
  if (name in pseudoParameters) return pseudoParameters[name];
  const parameter = template.Parameters?.[name];
  if (parameter) return parameter.Default ?? name;
  return refIsArn.has(resourceOf(template, name).Type) ? arnOf(name, scope) : nameOf(name, scope);
}

function attributeOf(name: string, attribute: string, scope: Scope): unknown {
  if (attribute.endsWith('Arn')) return arnOf(name, scope);
  return `${name}.${attribute}`;
}

/** What the template calls a resource, or the id that AWS would make up: the same one each time. */
function nameOf(logicalId: string, { template, resolve }: Scope): string {
  const { Type, Properties } = resourceOf(template, logicalId);
  const property = forms[Type]?.name;
  const given = property === undefined ? undefined : Properties?.[property];
  return given === undefined ? idOf(logicalId) : String(resolve(given));
}

function arnOf(logicalId: string, scope: Scope): string {
  const { Type } = resourceOf(scope.template, logicalId);
  const arn = forms[Type]?.arn;
  if (arn === undefined)
    throw new RangeError(`What the ARN of a ${Type} (${logicalId}) looks like is not known.`);
  const { region, account } = scope.place;
  return `arn:aws:${arn}`
    .replace('REGION', region)
    .replace('ACCOUNT', account)
    .replace('NAME', nameOf(logicalId, scope));
}

const refIsArn = new Set(['AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine', 'AWS::IAM::ManagedPolicy']);

/** Which property names a resource, and its ARN from the service on. */
const forms: Record<string, { name?: string; arn?: string }> = {
  'AWS::CloudTrail::Trail': { name: 'TrailName', arn: 'cloudtrail:REGION:ACCOUNT:trail/NAME' },
  'AWS::CloudWatch::Alarm': { name: 'AlarmName', arn: 'cloudwatch:REGION:ACCOUNT:alarm:NAME' },
  'AWS::DynamoDB::Table': { name: 'TableName', arn: 'dynamodb:REGION:ACCOUNT:table/NAME' },
  'AWS::Events::EventBus': { name: 'Name', arn: 'events:REGION:ACCOUNT:event-bus/NAME' },
  'AWS::Events::Rule': { name: 'Name', arn: 'events:REGION:ACCOUNT:rule/NAME' },
  'AWS::IAM::ManagedPolicy': { name: 'ManagedPolicyName', arn: 'iam::ACCOUNT:policy/NAME' },
  'AWS::IAM::Role': { name: 'RoleName', arn: 'iam::ACCOUNT:role/NAME' },
  'AWS::KMS::Key': { arn: 'kms:REGION:ACCOUNT:key/NAME' },
  'AWS::Lambda::Function': { name: 'FunctionName', arn: 'lambda:REGION:ACCOUNT:function:NAME' },
  // Such an ARN ends in a wildcard over the streams.
  'AWS::Logs::LogGroup': { name: 'LogGroupName', arn: 'logs:REGION:ACCOUNT:log-group:NAME:*' },
  'AWS::S3::Bucket': { name: 'BucketName', arn: 's3:::NAME' },
  'AWS::SES::ConfigurationSet': { name: 'Name' },
  'AWS::SNS::Topic': { name: 'TopicName', arn: 'sns:REGION:ACCOUNT:NAME' },
  'AWS::SQS::Queue': { name: 'QueueName', arn: 'sqs:REGION:ACCOUNT:NAME' },
  'AWS::StepFunctions::StateMachine': {
    name: 'StateMachineName',
    arn: 'states:REGION:ACCOUNT:stateMachine:NAME',
  },
};

function resourceOf(template: Template, logicalId: string): Resource {
  const resource = template.Resources[logicalId];
  if (!resource) throw new RangeError(`The template has no resource ${logicalId}.`);
  return resource;
}

/** An id such as KMS gives a key. */
function idOf(logicalId: string): string {
  const digits = createHash('sha256').update(logicalId).digest('hex').slice(0, 32);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
