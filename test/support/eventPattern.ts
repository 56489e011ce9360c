import type { Pattern, Test } from '#infra/watchPattern.ts';

/**
 * Whether EventBridge would match an event: as far as the watch uses its language, and an error for anything else.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return alternatives(wanted).some((alternative) => matches(alternative, event));
    const values = valuesOf(event, field);
    if (isTests(wanted)) return wanted.some((test) => passes(test, values));
    return isPattern(wanted) && descend(wanted, values);
  });
}

/** Below an array, one of its elements has to match all of the pattern. Where nothing is, only absence can. */
const descend = (pattern: Pattern, values: unknown[]): boolean =>
  (values.length > 0 ? values : [undefined]).some((value) => matches(pattern, value));

function alternatives(wanted: Pattern[string]): Pattern[] {
  if (!Array.isArray(wanted) || wanted.length < 2)
    throw new SyntaxError('$or takes two patterns or more; with fewer it is a field’s name.');
  return wanted.map((alternative) => {
    if (typeof alternative !== 'object' || !isPattern(alternative))
      throw new SyntaxError('$or takes patterns.');
    return alternative;
  });
}

const isTests = (wanted: Pattern[string]): wanted is Test[] => Array.isArray(wanted);
const isPattern = (wanted: unknown): wanted is Pattern =>
  typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted);

function valuesOf(event: unknown, field: string): unknown[] {
  if (typeof event !== 'object' || event === null || !(field in event)) return [];
  const value = Reflect.get(event, field);
  return Array.isArray(value) ? value : [value];
}

function passes(test: Test, values: unknown[]): boolean {
  // `exists` knows leaves only: a field that has fields below counts as absent.
  const leaves = values.filter((value) => typeof value !== 'object' || value === null);
  if (typeof test === 'object' && 'exists' in test) return leaves.length > 0 === test.exists;
  return leaves.some((value) => (typeof test === 'object' ? compares(test, value) : test === value));
}

function compares(test: Exclude<Test, string | boolean | { exists: boolean }>, value: unknown): boolean {
  const [[operator, operand] = [], ...others] = Object.entries(test);
  if (others.length > 0) throw new SyntaxError(`More than one operator: ${JSON.stringify(test)}`);
  if (operator === 'anything-but') return typeof value === 'string' && !isExcepted(operand, value);
  return typeof value === 'string' && isLike(operator, operand, value);
}

const isExcepted = (operand: string[] | object, value: string): boolean =>
  Array.isArray(operand)
    ? operand.includes(value)
    : Object.entries(operand).some(([operator, texts]) =>
        [texts].flat().some((text) => isLike(operator, text, value)),
      );

function isLike(operator: string | undefined, operand: unknown, value: string): boolean {
  if (typeof operand === 'object' && operand !== null && 'equals-ignore-case' in operand)
    return isLike(operator, String(operand['equals-ignore-case']).toLowerCase(), value.toLowerCase());
  if (typeof operand !== 'string') throw new SyntaxError(`${operator} takes a text.`);
  switch (operator) {
    case 'equals-ignore-case':
      return value.toLowerCase() === operand.toLowerCase();
    case 'prefix':
      return value.startsWith(operand);
    case 'suffix':
      return value.endsWith(operand);
    case 'wildcard':
      return wildcard(operand).test(value);
    default:
      throw new SyntaxError(`The operator ${operator} is not known here.`);
  }
}

function wildcard(text: string): RegExp {
  if (text.includes('**') || text.includes('\\'))
    throw new SyntaxError(`EventBridge refuses ${text}, or reads it otherwise.`);
  const parts = text.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
