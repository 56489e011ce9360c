import * as z from 'zod';
import type { TableDefinition } from '#infra/definitions.ts';
import { AwsError } from '../awsError.ts';
import type { AwsCall, JsonObject } from '../call.ts';
import { demandedValue, valueText } from './expressionAttributes.ts';

export const nameSchema = z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/);
export const itemSchema = z.record(z.string(), z.record(z.string(), z.unknown()));
export const requestSchema = z.looseObject({
  TableName: z.string(),
  Key: itemSchema.optional(),
  Item: itemSchema.optional(),
  IndexName: nameSchema.optional(),
  ReturnValues: z.string().optional(),
  Select: z.string().optional(),
});
export const batchSchema = z.looseObject({
  RequestItems: z.record(z.string(), z.looseObject({ Keys: z.array(itemSchema) })),
});
export type Item = z.infer<typeof itemSchema>;
export type ItemRequest = z.infer<typeof requestSchema>;

/** The parameters, or DynamoDB's ValidationException. */
export function parse<Value>(schema: z.ZodType<Value>, parameters: unknown): Value {
  const result = schema.safeParse(parameters);
  if (result.success) return result.data;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: ${result.error.issues[0]?.message ?? ''}`,
  );
}

/** The key of the item that the request is about: given, or part of the item to put. */
export function keyOf(
  { Key, Item: item }: ItemRequest,
  definition: TableDefinition | undefined,
): Item | undefined {
  if (Key !== undefined) return Key;
  if (item === undefined || definition === undefined) return undefined;
  const names = [definition.partitionKey, definition.sortKey ?? definition.partitionKey];
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}

/** A key as CloudTrail shows it: plain values. */
export const plainKey = (key: Item): JsonObject =>
  Object.fromEntries(Object.entries(key).map(([name, value]) => [name, valueText(value)]));

/**
 * Partition key values that the request reaches. A Query must demand one: without it a condition with
 * `ForAllValues` would hold for want of any value.
 */
export function leadingKeys(
  parameters: ItemRequest,
  call: AwsCall,
  definition: TableDefinition | undefined,
): string[] {
  if (definition === undefined || call.operation === 'Scan') return [];
  const index = definition.indexes.find(({ name }) => name === parameters.IndexName);
  const partitionKey = (index ?? definition).partitionKey;
  if (call.operation === 'Query') {
    const value = demandedValue(parameters, partitionKey);
    if (value === undefined)
      throw new AwsError('ValidationException', `Query condition missed key schema element: ${partitionKey}`);
    return [value];
  }
  const value = valueText((parameters.Key ?? parameters.Item)?.[partitionKey]);
  return value === undefined ? [] : [value];
}

export const projects = (parameters: JsonObject): boolean =>
  parameters.ProjectionExpression !== undefined || parameters.AttributesToGet !== undefined;

/** What a read returns, as `dynamodb:Select` shows it; undefined for writes. */
export function selected(parameters: ItemRequest, call: AwsCall): string | undefined {
  if (!['GetItem', 'Query', 'Scan'].includes(call.operation)) return undefined;
  if (parameters.Select !== undefined) return parameters.Select;
  if (projects(parameters)) return 'SPECIFIC_ATTRIBUTES';
  return parameters.IndexName === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES';
}
