import type { JsonObject } from '../call.ts';

const keywords = new Set(['set', 'remove', 'add', 'delete', 'and', 'or', 'not', 'between', 'in']);

/** Parameters that hold expressions, and the older ones whose keys are attribute names. */
const expressionParameters = [
  'UpdateExpression',
  'ConditionExpression',
  'ProjectionExpression',
  'FilterExpression',
  'KeyConditionExpression',
];
const mapParameters = [
  'Key',
  'Item',
  'Expected',
  'AttributeUpdates',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
];

/** Top-level attribute names in an expression: not what stands behind a dot, no function and no value. */
export function namesInExpression(expression: string, aliases: Readonly<Record<string, unknown>>): string[] {
  const names: string[] = [];
  for (const match of expression.matchAll(/([.:]?)\s*(#?[A-Za-z_][\w-]*|#\w+)\s*(\(?)/g)) {
    const [, before, word = '', call] = match;
    if (before !== '' || (call !== '' && !keywords.has(word.toLowerCase()))) continue;
    if (word.startsWith('#')) {
      const name = Object.hasOwn(aliases, word) ? aliases[word] : undefined;
      if (typeof name === 'string') names.push(name);
    } else if (!keywords.has(word.toLowerCase())) names.push(word);
  }
  return names;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every top-level attribute that a DynamoDB request names: the values of `dynamodb:Attributes`. */
export function requestAttributes(parameters: JsonObject): string[] {
  const aliases = isObject(parameters.ExpressionAttributeNames) ? parameters.ExpressionAttributeNames : {};
  const inExpressions = expressionParameters.flatMap((name) => {
    const expression = parameters[name];
    return typeof expression === 'string' ? namesInExpression(expression, aliases) : [];
  });
  const inMaps = mapParameters.flatMap((name) => {
    const map = parameters[name];
    return isObject(map) ? Object.keys(map) : [];
  });
  const asked = Array.isArray(parameters.AttributesToGet) ? parameters.AttributesToGet : [];
  return [...new Set([...inExpressions, ...inMaps, ...asked.filter((name) => typeof name === 'string')])];
}

/** The value that a key condition (`pk = :pk`) demands of the attribute, as text; undefined if it demands none. */
export function demandedValue(parameters: JsonObject, attribute: string): string | undefined {
  const { KeyConditionExpression: expression, KeyConditions: conditions } = parameters;
  if (isObject(conditions)) {
    const condition = conditions[attribute];
    return isObject(condition) && Array.isArray(condition.AttributeValueList)
      ? valueText(condition.AttributeValueList[0])
      : undefined;
  }
  if (typeof expression !== 'string') return undefined;
  const aliases = isObject(parameters.ExpressionAttributeNames) ? parameters.ExpressionAttributeNames : {};
  const values = isObject(parameters.ExpressionAttributeValues) ? parameters.ExpressionAttributeValues : {};
  for (const [, name = '', value = ''] of expression.matchAll(/(#?[\w-]+)\s*=\s*(:\w+)/g)) {
    if ((name.startsWith('#') ? aliases[name] : name) === attribute) return valueText(values[value]);
  }
  return undefined;
}

/** The text of a string, number or binary attribute value, as `dynamodb:LeadingKeys` shows it. */
export function valueText(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const text = value.S ?? value.N ?? value.B;
  return typeof text === 'string' ? text : undefined;
}
