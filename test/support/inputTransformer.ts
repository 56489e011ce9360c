import { expect } from 'vitest';

/** What EventBridge makes of an event by an input transformer. Every path has to lead somewhere. */
export function transformed(
  { InputPathsMap, InputTemplate }: { InputPathsMap: Record<string, string>; InputTemplate: string },
  event: object,
): string {
  const values = Object.entries(InputPathsMap).map(([name, path]) => {
    const [root, ...fields] = path.split('.');
    expect(root).toBe('$');
    const value = fields.reduce<unknown>((from, field) => Reflect.get(Object(from), field), event);
    expect(value, path).toBeTypeOf('string');
    return [name, String(value)] as const;
  });
  return values.reduce((text, [name, value]) => text.replaceAll(`<${name}>`, value), InputTemplate);
}
