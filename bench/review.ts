import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleInto } from '../packaging/bundles.ts';
import { inTemporaryFolder } from '../test/support/temporaryFolder.ts';
import { type Measured, median } from './measured.ts';
import { measureProcess, type Run } from './measuredProcess.ts';
import { writeCorpora } from './reviewCorpus.ts';

/** Each program several times, in turns: what else the machine does then hits all alike. */
const rounds = 3;
const events = Number(process.env.COUNTERSIGN_BENCH_EVENTS ?? 300_000);

const fileIn = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const duckdb = fileIn('../node_modules/.cache/duckdb/node_modules/@duckdb/node-api');

interface Corpus {
  name: string;
  recordsPerFile: number;
  /** The review's time with two workers ÷ DuckDB's with two threads, at most. */
  duckdbLimit: number;
}

const corpora: readonly Corpus[] = [
  { name: 'many small files', recordsPerFile: 8, duckdbLimit: 1 },
  { name: 'few large files', recordsPerFile: 2_000, duckdbLimit: 1.15 },
];

type Program = 'parse' | 'review' | 'reviewByTwo' | 'duckdb';

/**
 * `countersign review` as a whole command of the package, from start to written reports, beside what any program in Node has to do with
 * the same files, and beside DuckDB on an equivalent task where it is installed. By `--workers 1` one thread of the command's own reads; Node
 * uncompresses large files ahead on one of its own.
 */
export const review = (): Promise<Measured[]> =>
  inTemporaryFolder(async (folder) => {
    if (!existsSync(duckdb))
      process.stderr.write(
        'DuckDB is not measured: npm install --prefix node_modules/.cache/duckdb @duckdb/node-api@1.5.6-r.1\n',
      );
    await bundleInto(commandIn(folder), { version: '0.0.0' });
    await writeFile(join(commandIn(folder), 'package.json'), '{"type":"module"}');
    const written = corpora.map(({ name, recordsPerFile }) => ({
      folder: join(folder, name),
      recordsPerFile,
    }));
    const records = await writeCorpora(written, events);
    const measured: Measured[] = [
      { what: 'Records that each program reads', value: records, unit: 'records' },
      { what: 'Times that each reads them, in turns', value: rounds, unit: 'rounds' },
    ];
    for (const corpus of corpora) measured.push(...(await measureCorpus(corpus, { folder, records })));
    return measured;
  });

async function measureCorpus(
  corpus: Corpus,
  { folder, records }: { folder: string; records: number },
): Promise<Measured[]> {
  const logs = join(folder, corpus.name);
  const runs = new Map<Program, Run[]>();
  for (let round = 0; round < rounds; round += 1)
    for (const program of programs()) {
      const run = await runProgram(program, { folder, logs, records });
      runs.set(program, [...(runs.get(program) ?? []), run]);
    }
  return describeRuns(corpus, { runs, records });
}

const programs = (): Program[] => [
  'parse',
  'review',
  'reviewByTwo',
  ...(existsSync(duckdb) ? ['duckdb' as const] : []),
];

const commandIn = (folder: string): string => join(folder, 'command');

interface Task {
  folder: string;
  logs: string;
  records: number;
}

async function runProgram(program: Program, task: Task): Promise<Run> {
  const { folder, logs } = task;
  switch (program) {
    case 'parse':
      return measureProcess([fileIn('gunzipAndParse.ts'), logs], { folder });
    case 'duckdb':
      return measureProcess([fileIn('duckdbReview.ts'), logs], { folder });
    case 'review':
      return runReview(task, 1);
    case 'reviewByTwo':
      return runReview(task, 2);
  }
}

/** Also looks at what came out: a review that skips records would be fast. */
async function runReview({ folder, logs, records }: Task, workers: number): Promise<Run> {
  const out = join(folder, 'report');
  await mkdir(out, { recursive: true });
  const options = [
    '--logs',
    logs,
    '--out',
    out,
    '--workers',
    String(workers),
    '--catalogue',
    sampleCatalogue,
  ];
  const command = join(commandIn(folder), 'bin.js');
  const run = await measureProcess([command, 'review', ...options], { folder, exits: [0, 1] });
  const { completeness } = JSON.parse(await readFile(join(out, 'review.json'), 'utf8'));
  if (completeness.records !== records)
    throw new Error(`The review read ${completeness.records} records, and there are ${records}.`);
  await rm(out, { recursive: true });
  return run;
}

const sampleCatalogue = fileIn('../test/sample/catalogue.yaml');

const programNames: Record<Program, string> = {
  parse: 'gunzip + JSON.parse',
  review: 'review --workers 1',
  reviewByTwo: 'review --workers 2',
  duckdb: 'DuckDB, 2 threads',
};

function describeRuns(
  { name, duckdbLimit }: Corpus,
  { runs, records }: { runs: ReadonlyMap<Program, readonly Run[]>; records: number },
): Measured[] {
  const secondsOf = (program: Program): number[] => (runs.get(program) ?? []).map(({ seconds }) => seconds);
  // Round by round: the machine may be faster in one than in the next.
  const ratio = (over: Program, under: Program): number => {
    const unders = secondsOf(under);
    return Number(median(secondsOf(over).map((seconds, round) => seconds / (unders[round] ?? 0))).toFixed(2));
  };
  const absolute = [...runs].flatMap(([program, of]): Measured[] => [
    {
      what: `${programNames[program]}, ${name}`,
      value: Math.round(records / median(secondsOf(program))),
      unit: 'events/s',
    },
    {
      what: `${programNames[program]}, ${name}: memory`,
      value: Math.round(Math.max(...of.map(({ megabytes }) => megabytes))),
      unit: 'MB',
    },
  ]);
  return [
    ...absolute,
    {
      what: `Speed: 1 worker ÷ gunzip + parse, ${name}`,
      value: ratio('parse', 'review'),
      unit: '×',
      limit: { atLeast: 0.75 },
    },
    ...(runs.has('duckdb')
      ? [
          {
            what: `Time: 2 workers ÷ DuckDB, ${name}`,
            value: ratio('reviewByTwo', 'duckdb'),
            unit: '×',
            limit: { atMost: duckdbLimit },
          },
        ]
      : []),
  ];
}
