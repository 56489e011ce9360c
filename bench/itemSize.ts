import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type TableItem = Record<string, AttributeValue>;

/**
 * Bytes of an item as DynamoDB bills it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: TableItem): number {
  const sizes = Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + valueSize(value));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function valueSize({ S, N, BOOL, NULL, L, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  // Two digits a byte, and one.
  if (N !== undefined) return Math.ceil(N.replace(/\D/g, '').length / 2) + 1;
  if (BOOL !== undefined || NULL !== undefined) return 1;
  if (L !== undefined) return L.reduce((sum, element) => sum + valueSize(element) + 1, 3);
  if (M !== undefined) return itemSize(M) + Object.keys(M).length + 3;
  throw new TypeError('Requests hold text, numbers, booleans, lists and maps only.');
}
