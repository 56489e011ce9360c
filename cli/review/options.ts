import { availableParallelism } from 'node:os';
import { visibleLine } from '#domain/visibleText.ts';
import type { Period } from '#review/findings/finding.ts';
import type { CommandLine, OptionUsages } from '../command.ts';
import { CommandError } from '../commandError.ts';
import { periodOf } from './period.ts';

/** The options of `countersign review`, as the help and the shells' completion tell them. */
export const reviewOptionUsages = {
  logs: {
    type: 'string',
    value: 'DIR',
    says: 'log files of every account and region, as they lie in the bucket or in any other order',
  },
  out: {
    type: 'string',
    value: 'DIR',
    says: 'where the reports go: review.html, review.json, grants.csv, sessions.csv, calls.csv, findings.csv …',
  },
  from: {
    type: 'string',
    value: 'T',
    says: 'begin of the period: 2026-11-01, or a UTC time such as 2026-11-01T08:00:00Z (open)',
  },
  to: {
    type: 'string',
    value: 'T',
    says: 'end of the period: a date’s whole day is in it, a time itself is the first moment that is not (open)',
  },
  keys: {
    type: 'string',
    value: 'FILE',
    says: 'public keys that digest files are checked with: output of aws cloudtrail list-public-keys',
  },
  table: {
    type: 'string',
    value: 'FILE',
    says: 'export of the request table: whatever differs from CloudTrail is tampering',
  },
  catalogue: {
    type: 'string',
    value: 'FILE',
    multiple: true,
    says: 'catalogue in force during the period; repeat it for each version (catalogue.yaml, if it is here)',
  },
  'deploy-role': {
    type: 'string',
    value: 'ARN',
    multiple: true,
    says: 'role that deploys, as in deployRoles of countersign.config.yaml: what it changes is no tampering; * stands for any text; repeat it (roles of the CDK and of StackSets)',
  },
  workers: {
    type: 'string',
    value: 'N',
    says: 'threads that read (as many as there are processors, at most 8)',
  },
} as const satisfies OptionUsages;

/** What the command line asks for. */
export interface ReviewOptions {
  logs: string;
  out: string;
  period: Period;
  keys?: string | undefined;
  table?: string | undefined;
  catalogues: string[];
  /** ARNs, with `*` for any text. */
  deployRoles: string[];
  workers?: number | undefined;
  json: boolean;
  /** The options that decide what a review finds, as they were given. */
  parameters: Record<string, string>;
}

const mostWorkers = 64;

/** What was asked for. Throws a `CommandError` that says what is wrong with it. */
export function reviewOptionsOf(values: CommandLine<typeof reviewOptionUsages>['values']): ReviewOptions {
  const { logs, out, from, to, keys, table, catalogue = [], 'deploy-role': deployRoles = [] } = values;
  const given = {
    logs,
    from,
    to,
    keys,
    table,
    catalogue: catalogue.join(' ') || undefined,
    'deploy-role': deployRoles.join(' ') || undefined,
  };
  return {
    logs: folderOf('--logs', logs, 'the folder that holds the log files'),
    out: folderOf('--out', out, 'the folder that the reports go to'),
    period: periodOf(from, to),
    keys,
    table,
    catalogues: catalogue,
    deployRoles: deployRoles.map(roleOf),
    workers: workersOf(values.workers),
    json: values.json === true,
    parameters: Object.fromEntries(Object.entries(given).filter(isGiven)),
  };
}

const isGiven = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;

function folderOf(option: string, value: string | undefined, what: string): string {
  if (!value) throw new CommandError(`${option} is missing: name ${what}.`);
  return value;
}

/** A name of nothing but `*` would excuse everybody. */
function roleOf(arn: string): string {
  if (/^arn:aws:iam::(\d{12}|\*):role\/(?=.*\w)[\w+=,.@*/-]+$/.test(arn)) return arn;
  throw new CommandError(
    `--deploy-role takes the ARN of a role, such as arn:aws:iam::*:role/deploy-countersign, not "${visibleLine(arn)}".`,
  );
}

function workersOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const workers = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (workers < 1 || workers > mostWorkers)
    throw new CommandError(
      `--workers takes a number from 1 to ${mostWorkers}; here are ${availableParallelism()} processors.`,
    );
  return workers;
}
