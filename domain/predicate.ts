import type * as z from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
};

/** How a sentence about a fault goes on, where the schema does not say it itself; `object` is what the reader calls one. */
export function predicateOf(
  issue: z.core.$ZodRawIssue,
  object: 'an object' | 'a mapping',
): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${{ ...kinds, object, record: object }[String(issue.expected)] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values)}`;
    case 'invalid_union':
      return Array.isArray(issue.options)
        ? `must be ${oneOf(issue.options)}`
        : 'has a form that does not fit';
    case 'too_small':
      return `must ${bound(issue, 'least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue, 'most', issue.maximum)}`;
    case 'invalid_format':
      return `must be a valid ${issue.format === 'regex' ? 'text' : issue.format}`;
    case 'invalid_key':
      return `has a name that does not fit: it ${issue.issues[0]?.message ?? 'is none'}`;
    default:
      return undefined;
  }
}

function oneOf(values: readonly unknown[]): string {
  return values.length > 1 ? `one of ${values.map(String).join(', ')}` : String(values[0]);
}

function bound(issue: { origin?: unknown }, extreme: 'least' | 'most', limit: number | bigint): string {
  switch (issue.origin) {
    case 'array':
    case 'set':
      return `have at ${extreme} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
    case 'string':
      return extreme === 'least' && limit === 1 ? 'not be empty' : `have at ${extreme} ${limit} characters`;
    default:
      return `be at ${extreme} ${limit}`;
  }
}
