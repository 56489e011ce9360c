import { visibleLine } from '#domain/visibleText.ts';

/** What somebody does with access that is there. */
export const waysToUse = ({ id, entitlement }: { id: string; entitlement: string }): string[] => [
  'Use it in one of these ways:',
  `  countersign exec ${id} -- aws sts get-caller-identity`,
  `  eval "$(countersign env ${id})"`,
  `  countersign configure ${visibleLine(entitlement)}`,
];
