import type { Catalogue } from '../domain/catalogue.ts';
import type { TableDefinition } from '../infra/definitions.ts';
import type { SampleMachine } from './machineIssuer.ts';
import type { SampleUser } from './sampleUser.ts';

/** The sample production account: one table of orders. */
export const sampleAccount = '111122223333';

export const ordersTable: TableDefinition = { name: 'orders', partitionKey: 'id', indexes: [] };

export interface Order {
  id: string;
  customer: string;
  status: 'paid' | 'packed' | 'shipped' | 'returned';
  total: string;
  placedAt: string;
}

export const sampleOrders: Order[] = [
  {
    id: '1001',
    customer: 'Harbour Books',
    status: 'shipped',
    total: '48.50 EUR',
    placedAt: '2026-11-18T08:12:40Z',
  },
  {
    id: '1002',
    customer: 'M. Okafor',
    status: 'paid',
    total: '129.00 EUR',
    placedAt: '2026-11-19T17:03:05Z',
  },
  {
    id: '1003',
    customer: 'Café Lindqvist',
    status: 'returned',
    total: '19.90 EUR',
    placedAt: '2026-11-20T09:45:31Z',
  },
  {
    id: '1004',
    customer: 'R. Delacroix',
    status: 'packed',
    total: '310.75 EUR',
    placedAt: '2026-11-21T13:20:00Z',
  },
  {
    id: '1005',
    customer: 'Harbour Books',
    status: 'paid',
    total: '72.00 EUR',
    placedAt: '2026-11-22T07:58:12Z',
  },
];

/** Somebody with an account and no group: what they may not see and do is worth trying. */
const outsider = 'mallory@example.com';

/** Everyone that the catalogue names, and the outsider; a further address of a person signs in like the first. */
export function sampleUsers(catalogue: Pick<Catalogue, 'groups' | 'people'>): SampleUser[] {
  const addresses = [...Object.values(catalogue.groups).flat(), ...catalogue.people.flat(), outsider];
  return [...new Set(addresses)].sort().map((email) => ({ email, name: nameOf(email) }));
}

/** The internal tools that the catalogue names. */
export function sampleMachines(catalogue: Pick<Catalogue, 'machines'>): SampleMachine[] {
  return Object.entries(catalogue.machines).map(([name, { issuer, subject }]) => ({
    name,
    issuer,
    roleArn: subject,
  }));
}

/** `alice@example.com` → `Alice` */
function nameOf(email: string): string {
  const words = (email.split('@')[0] ?? email).split(/[._-]/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}
