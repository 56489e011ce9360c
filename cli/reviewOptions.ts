import { availableParallelism } from 'node:os';
import { visibleLine } from '#domain/visibleText.ts';
import type { Period } from '#review/findings/finding.ts';
import { CommandError } from './commandError.ts';
import { commandLineValues } from './commandLine.ts';
import { periodOf } from './reviewPeriod.ts';
import { hanging } from './terminalText.ts';

const words: [option: string, meaning: string][] = [
  ['--logs DIR', 'log files of every account and region, as they lie in the bucket or in any other order'],
  [
    '--out DIR',
    'where the reports go: review.html, review.json, grants.csv, sessions.csv, calls.csv, findings.csv …',
  ],
  ['--from T', 'begin of the period: 2026-11-01, or a UTC time such as 2026-11-01T08:00:00Z (open)'],
  [
    '--to T',
    'end of the period: a date’s whole day is in it, a time itself is the first moment that is not (open)',
  ],
  [
    '--keys FILE',
    'public keys that digest files are checked with: output of aws cloudtrail list-public-keys',
  ],
  ['--table FILE', 'export of the request table: whatever differs from CloudTrail is tampering'],
  [
    '--catalogue FILE',
    'catalogue in force during the period; repeat it for each version (catalogue.yaml, if it is here)',
  ],
  [
    '--deploy-role ARN',
    'role that deploys, as in deployRoles of countersign.config.yaml: what it changes is no tampering; * stands for any text; repeat it (roles of the CDK and of StackSets)',
  ],
  ['--workers N', 'threads that read (as many as there are processors, at most 8)'],
  ['--json', 'print the summary as JSON'],
  ['--help', 'this text'],
];

/** What `--help` prints, in lines of so many columns. */
export const reviewUsage = (columns: number): string =>
  [
    ...hanging(
      '',
      'Proves from CloudTrail log files alone what was granted, and finds what is wrong.',
      columns,
    ),
    '',
    '  npx countersign review --logs DIR --out DIR [options]',
    '',
    ...words.flatMap(([option, meaning]) => hanging(`  ${option.padEnd(18)}`, meaning, columns)),
    '',
    ...hanging(
      '',
      'Answers 0 when nothing was found that is worse than info, 1 when something was, 2 when no review could be made.',
      columns,
    ),
    ...hanging('', 'docs/review.md says how to fetch all this, and what each finding means.', columns),
    '',
  ].join('\n');

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

const options = {
  logs: { type: 'string' },
  out: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  keys: { type: 'string' },
  table: { type: 'string' },
  catalogue: { type: 'string', multiple: true },
  'deploy-role': { type: 'string', multiple: true },
  workers: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The options, or `help`. Throws a `CommandError` that says what is wrong with them. */
export function reviewOptionsOf(commandLine: string[]): ReviewOptions | 'help' {
  try {
    return optionsOf(commandLine);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`${error.message}\nnpx countersign review --help lists all options.`);
  }
}

function optionsOf(commandLine: string[]): ReviewOptions | 'help' {
  const values = commandLineValues(commandLine, options);
  if (values.help) return 'help';
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
    keys: fileOf('--keys', keys),
    table: fileOf('--table', table),
    catalogues: catalogue.map((file) => fileOf('--catalogue', file) ?? ''),
    deployRoles: deployRoles.map(roleOf),
    workers: workersOf(values.workers),
    json: values.json,
    parameters: Object.fromEntries(Object.entries(given).filter(isGiven)),
  };
}

const isGiven = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;

function folderOf(option: string, value: string | undefined, what: string): string {
  if (!value) throw new CommandError(`${option} is missing: name ${what}.`);
  return value;
}

function fileOf(option: string, value: string | undefined): string | undefined {
  if (value === '') throw new CommandError(`${option} takes a file.`);
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
