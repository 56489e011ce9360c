import type { Period } from '../findings/finding.ts';
import { fileReasons } from '../reader/skipReasons.ts';
import type { LogFile } from '../reader/trail.ts';
import { type Digest, type NamedLog, objectOf } from './digest.ts';
import type { Integrity, IntegrityFault, LogCounts } from './integrity.ts';
import type { ProofState, ProvenDigest } from './proof.ts';
import { newlySaid, nothingSaid, type Said } from './said.ts';
import { mayTellOf } from './span.ts';
import { splitUncovered } from './uncovered.ts';

/** What digests make of a log file; of several, the highest counts. */
const rank = { unnamed: 0, unproven: 1, verified: 2, altered: 3 } as const;
type Rank = (typeof rank)[keyof typeof rank];

interface Judged {
  files: readonly LogFile[];
  /** By place in `files`. */
  ranks: Uint8Array;
  said: Record<ProofState, Said>;
  /** At most one for each file and each missing key. */
  faults: Map<string, IntegrityFault>;
  moved: { file: string; key: string }[];
  missing: number;
}

type LogIntegrity = Pick<Integrity, 'logs' | 'faults' | 'uncovered' | 'pending' | 'moved'>;

/**
 * Compares the log files of the folder with what digests say. The files are those that the digests were matched with. A digest
 * that fails says nothing; one that is not proven shows what was altered and proves nothing.
 */
export function judgeLogs(input: {
  files: readonly LogFile[];
  digests: readonly ProvenDigest[];
  period: Period;
}): LogIntegrity {
  const { files, digests, period } = input;
  const judged: Judged = {
    files,
    ranks: new Uint8Array(files.length),
    said: { holds: nothingSaid(), fails: nothingSaid(), unknown: nothingSaid() },
    faults: new Map(),
    moved: [],
    missing: 0,
  };
  for (const digest of provenFirst(digests)) rankNamed(judged, digest);
  rankWithHiddenMember(judged);
  findAbsent(judged, digests, period);
  // Where nothing was read there is nothing to prove: the public keys, say, that lie in the same folder.
  const unnamed = files.filter(({ first }, at) => first && judged.ranks[at] === rank.unnamed);
  const { uncovered, pending } = splitUncovered(
    unnamed.map(({ path }) => path),
    digests,
  );
  const counts = countsOf(judged, { uncovered: uncovered.length, pending: pending.length });
  return { logs: counts, faults: [...judged.faults.values()], uncovered, pending, moved: judged.moved };
}

/** What a digest that holds says of a file, no other one can deny. */
const provenFirst = (digests: readonly ProvenDigest[]): ProvenDigest[] => [
  ...digests.filter(({ state }) => state === 'holds'),
  ...digests.filter(({ state }) => state !== 'holds'),
];

function rankNamed(judged: Judged, { digest, state, logs }: ProvenDigest): void {
  const isProven = (at: number): boolean => (judged.ranks[at] ?? rank.unnamed) >= rank.verified;
  const counting = (places: readonly number[]): readonly number[] =>
    state === 'holds' ? places : places.filter((at) => !isProven(at));
  const { agreeing, differing } = newlySaid(logs, judged.said[state]);
  for (const at of counting(agreeing)) raise(judged, at, state === 'holds' ? rank.verified : rank.unproven);
  for (const at of counting(differing)) {
    const file = judged.files[at];
    raise(judged, at, state === 'fails' ? rank.unproven : rank.altered);
    if (file && state !== 'fails') judged.faults.set(file.path, logAltered(file, digest));
  }
}

function rankWithHiddenMember(judged: Judged): void {
  for (const [at, { path, fault }] of judged.files.entries()) {
    if (!fault?.includes(fileReasons.secondGzipMember) || judged.ranks[at] === rank.unnamed) continue;
    raise(judged, at, rank.altered);
    judged.faults.set(path, logHasHiddenMember(path));
  }
}

/** Finds logs that lie under another name than their digest says, by their content; what is left is missing. */
function findAbsent(judged: Judged, digests: readonly ProvenDigest[], period: Period): void {
  const telling = digests.filter(({ state, logs }) => state !== 'fails' && logs.absent.length > 0);
  if (telling.length === 0) return;
  const unnamed = [...judged.files.keys()].filter((at) => judged.ranks[at] === rank.unnamed);
  const byContent = Map.groupBy(unnamed, (at) => judged.files[at]?.contentSha256);
  const found = new Set<string>();
  for (const { digest, state, logs } of provenFirst(telling)) {
    for (const log of logs.absent) {
      const places = byContent.get(log.sha256);
      for (const at of found.has(log.sha256) ? [] : (places ?? [])) {
        raise(judged, at, state === 'holds' ? rank.verified : rank.unproven);
        judged.moved.push({ file: judged.files[at]?.path ?? '', key: log.key });
      }
      found.add(log.sha256);
      if (places || !mayTellOf(period, { from: digest.start, to: digest.end })) continue;
      if (!judged.faults.has(log.key)) judged.missing += 1;
      judged.faults.set(log.key, logMissing(log, digest));
    }
  }
}

function countsOf({ ranks, missing }: Judged, unnamed: { uncovered: number; pending: number }): LogCounts {
  const count = (of: Rank): number => ranks.reduce((sum, one) => sum + (one === of ? 1 : 0), 0);
  return {
    verified: count(rank.verified),
    altered: count(rank.altered),
    missing,
    ...unnamed,
    unproven: count(rank.unproven),
  };
}

function raise({ ranks }: Judged, at: number, to: Rank): void {
  ranks[at] = Math.max(ranks[at] ?? rank.unnamed, to);
}

const logAltered = ({ path, fault }: LogFile, digest: Digest): IntegrityFault => ({
  kind: 'logAltered',
  file: path,
  at: digest.end,
  message: `The log file ${path} is not as CloudTrail delivered it${fault === undefined ? '' : ` (${fault})`}: its digest ${digest.path} gives another hash. Fetch it again; if it is the same in the bucket, it was changed there and its records prove nothing.`,
  verdict: 'failed',
});

const logHasHiddenMember = (path: string): IntegrityFault => ({
  kind: 'logHasHiddenMember',
  file: path,
  message: `Something follows the gzip content of the log file ${path}. CloudTrail's hash does not cover it and some tools read it as records. Fetch the file again; if it is so in the bucket, somebody added it.`,
  verdict: 'failed',
});

const logMissing = (log: NamedLog, digest: Digest): IntegrityFault => ({
  kind: 'logMissing',
  file: log.key,
  at: digest.end,
  message: `The log file ${objectOf(log)}, which the digest ${digest.path} names, is not here. Fetch it; if it is gone from the bucket, ask who deleted it.`,
  verdict: 'failed',
});
