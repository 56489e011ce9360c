import { requestTable } from '#infra/requestTable.ts';
import type { TappedCall } from './callTap.ts';
import { itemSize, type TableItem } from './itemSize.ts';

/** What DynamoDB would bill: units of on-demand capacity. */
export interface TableUnits {
  read: number;
  write: number;
}

export interface TableMeter {
  count(call: TappedCall): void;
  /** Of one function, so far. */
  unitsOf(functionName: string): TableUnits;
  /** Bytes of a request's record as it was last seen. */
  recordSize(id: string): number;
}

interface Parameters {
  Key?: TableItem;
  ConsistentRead?: boolean;
  ExpressionAttributeValues?: TableItem;
}

interface Result {
  Item?: TableItem;
  Items?: TableItem[];
  Attributes?: TableItem;
}

/**
 * Knows the sizes of items from what calls carry and answer.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function createTableMeter(): TableMeter {
  const seen = new Map<string, TableItem>();
  const units = new Map<string, TableUnits>();
  const unitsOf = (functionName: string): TableUnits => units.get(functionName) ?? { read: 0, write: 0 };

  const see = (key: TableItem | undefined, item: TableItem | undefined) => {
    if (key && item) seen.set(placeOf(key), item);
  };
  return {
    count({ functionName, operation, status, body, answer }) {
      const parameters: Parameters = JSON.parse(body);
      const result: Result = status === 200 ? JSON.parse(answer) : {};
      const { read, write } = unitsOf(functionName);
      if (operation === 'UpdateItem') {
        const before = seen.get(placeOf(parameters.Key ?? {}));
        // A refused write is billed by the item that was there.
        const after = status === 200 ? written(parameters, result, before) : before;
        units.set(functionName, { read, write: write + writeUnits(before, after) });
        see(parameters.Key, after);
      } else if (operation === 'GetItem' || operation === 'Query') {
        const items = result.Items ?? (result.Item ? [result.Item] : []);
        units.set(functionName, { read: read + readUnits(items, parameters.ConsistentRead), write });
        see(parameters.Key, result.Item);
      } else throw new RangeError(`The meter does not know ${operation}.`);
    },
    unitsOf,
    recordSize: (id) =>
      itemSize(seen.get(placeOf({ pk: { S: `REQUEST#${id}` }, sk: { S: 'REQUEST' } })) ?? {}),
  };
}

const placeOf = ({ pk, sk }: TableItem): string => JSON.stringify([pk, sk]);

/** The item after an update: as it was answered, or the values that were sent, by the names of their attributes. */
function written(
  { Key, ExpressionAttributeValues = {} }: Parameters,
  { Attributes }: Result,
  before: TableItem | undefined,
): TableItem {
  const values = Object.entries(ExpressionAttributeValues).map(([name, value]) => [name.slice(1), value]);
  return Attributes ?? { ...before, ...Key, ...Object.fromEntries(values) };
}

/** A unit reads 4 KB, or 8 KB when it need not be the newest. Nothing found is a unit too. */
function readUnits(items: TableItem[], consistent = false): number {
  const bytes = items.reduce((sum, item) => sum + itemSize(item), 0);
  return Math.max(1, Math.ceil(bytes / 4_096)) / (consistent ? 1 : 2);
}

/** A unit writes 1 KB of the item, the larger of before and after; and one entry put into an index or taken out of it. */
function writeUnits(before: TableItem = {}, after: TableItem = {}): number {
  const kilobytes = Math.ceil(Math.max(itemSize(before), itemSize(after)) / 1_024);
  const entries = requestTable.indexes.map(({ partitionKey, sortKey }) => {
    const [old, now] = [before, after].map((item) =>
      item[partitionKey] && item[sortKey] ? JSON.stringify([item[partitionKey], item[sortKey]]) : undefined,
    );
    return old === now ? 0 : Number(old !== undefined) + Number(now !== undefined);
  });
  return entries.reduce((sum, entry) => sum + entry, Math.max(1, kilobytes));
}
