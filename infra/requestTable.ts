import type { TableDefinition } from './definitions.ts';

/** One table: requests, one item each, and beside them hints and claims. */
export const requestTable: TableDefinition = {
  name: 'countersign',
  partitionKey: 'pk',
  sortKey: 'sk',
  indexes: [
    { name: 'byRequester', partitionKey: 'requesterKey', sortKey: 'id' },
    { name: 'byStatus', partitionKey: 'status', sortKey: 'id' },
    // Sparse: only what has something left to do carries `dueAt`.
    { name: 'byDue', partitionKey: 'dueShard', sortKey: 'dueAt' },
  ],
};
