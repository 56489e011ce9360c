import { randomInt } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Store } from '../store.ts';
import type { TrailRecord } from './trailRecord.ts';

const flushMilliseconds = 3000;
/** Records of one file: far below the size at which CloudTrail splits. */
const recordsPerFile = 5000;

const compress = promisify(gzip);

/** A file about to be written: which records, under which name. Kept until it is on disk. */
interface Plan {
  file: string;
  keys: string[];
}

export interface Trail {
  record: (record: TrailRecord) => void;
  /** Every record, those of earlier runs included, oldest first. */
  all: () => TrailRecord[];
  /** Writes what is pending to files. */
  flush: () => Promise<void>;
  close: () => Promise<void>;
}

/**
 * CloudTrail: records are durable in the store at once, and delivered to gzipped files in the layout of a
 * trail's bucket every few seconds. Which records go into which file is stored before the file is written,
 * so after a crash the same file is written again: nothing is lost and nothing doubled.
 */
export function createTrail(options: {
  store: Store;
  directory: string;
  region: string;
  now: () => number;
}): Trail {
  const { store, directory } = options;
  const records = store.table<TrailRecord>('trail');
  const plans = store.table<Plan>('trailPlan');
  const delivered = store.table<true>('trailDelivered');
  const stored = records.entries();
  const planned = new Set(plans.entries().flatMap(([, plan]) => plan.keys));
  const done = new Set(delivered.entries().map(([key]) => key));
  const pending = new Map(stored.filter(([key]) => !done.has(key) && !planned.has(key)));
  const everything = stored.map(([, record]) => record);

  let writing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    for (const plan of planFiles(pending, { region: options.region, time: options.now() }))
      plans.set(plan.file, plan);
    pending.clear();
    const turn = writing.then(async () => {
      for (const [, plan] of plans.entries()) {
        await writeLogFile(
          join(directory, plan.file),
          plan.keys.map((key) => records.get(key)),
        );
        store.atomically(() => {
          for (const key of plan.keys) delivered.set(key, true);
          plans.delete(plan.file);
        });
      }
    });
    // A turn that fails is its caller's to hear of; its plans stay, and the next turn tries them again.
    writing = turn.catch(() => undefined);
    return turn;
  };
  const timer = setInterval(() => {
    if (pending.size > 0 || plans.entries().length > 0)
      void flush().catch((error) => process.emitWarning(`The trail could not be written: ${String(error)}`));
  }, flushMilliseconds);
  timer.unref();
  return {
    record(record) {
      const key = String(everything.length).padStart(12, '0');
      records.set(key, record);
      everything.push(record);
      pending.set(key, record);
    },
    all: () => [...everything],
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

/** Which of the pending records go into which file: one account each. */
function planFiles(
  pending: ReadonlyMap<string, TrailRecord>,
  where: { region: string; time: number },
): Plan[] {
  const byAccount = Map.groupBy(pending, ([, record]) => record.recipientAccountId);
  return [...byAccount].flatMap(([account, entries]) => {
    const keys = entries.map(([key]) => key);
    const count = Math.ceil(keys.length / recordsPerFile);
    return Array.from({ length: count }, (_, index) => ({
      file: fileName({ account, ...where }),
      keys: keys.slice(index * recordsPerFile, (index + 1) * recordsPerFile),
    }));
  });
}

/** Written beside and renamed, so that a reader never sees half a file. */
async function writeLogFile(path: string, Records: unknown[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, await compress(JSON.stringify({ Records })));
  await rename(`${path}.part`, path);
}

const fileCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `AWSLogs/<account>/CloudTrail/<region>/Y/M/D/<account>_CloudTrail_<region>_<minute>_<16 characters>.json.gz` */
function fileName({ account, region, time }: { account: string; region: string; time: number }): string {
  const iso = new Date(time).toISOString();
  const minute = `${iso.slice(0, 16).replace(/[-:]/g, '')}Z`;
  const unique = Array.from({ length: 16 }, () => fileCharacters[randomInt(fileCharacters.length)]).join('');
  const day = iso.slice(0, 10).replaceAll('-', '/');
  return `AWSLogs/${account}/CloudTrail/${region}/${day}/${account}_CloudTrail_${region}_${minute}_${unique}.json.gz`;
}
