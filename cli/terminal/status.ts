import type { AccessRequest } from '#client/answers.ts';
import type { Cell } from './cell.ts';

type Status = AccessRequest['status'];

const formats: Record<Status, NonNullable<Cell['format']>> = {
  pending: 'yellow',
  scheduled: 'cyan',
  active: ['bold', 'green'],
  ended: 'dim',
  cancelled: 'dim',
  expired: 'dim',
  denied: 'red',
  revoked: 'red',
  failed: ['bold', 'red'],
};

/** A status in its colour: the word says it all, the colour only finds it. */
export const statusCell = (status: Status): Cell => ({ text: status, format: formats[status] });
