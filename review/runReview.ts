import { availableParallelism } from 'node:os';
import type { Catalogue } from '#domain/catalogue.ts';
import { type Instant, latest } from '#domain/instant.ts';
import { approvalsOf } from './approvals.ts';
import { wholeOf } from './findings/coverage.ts';
import type { Period } from './findings/finding.ts';
import { findingsIn } from './findings/findings.ts';
import { provenEntriesIn } from './findings/tableEntries.ts';
import { readTableExport } from './findings/tableExport.ts';
import { activityOf } from './grants/activity.ts';
import { evidenceOf } from './grants/evidence.ts';
import type { Grant } from './grants/grant.ts';
import { grantsOf } from './grants/grants.ts';
import { type Inputs, inputFileOf } from './inputs.ts';
import { readPublicKeys } from './integrity/publicKeys.ts';
import type { Span } from './integrity/span.ts';
import { validateIntegrity } from './integrity/validate.ts';
import { noLogsMessage, noRecordsMessage } from './nothingToReview.ts';
import { type LogInput, listInput } from './reader/logInput.ts';
import { type Progress, readTrail } from './reader/readTrail.ts';
import type { Trail } from './reader/trail.ts';
import type { Review } from './review.ts';
import { rightSizingOf } from './rightSizing/rightSizing.ts';
import { issuancesOf } from './sessions/issuances.ts';
import type { ReviewedSession } from './sessions/reviewedSession.ts';
import { reviewSessions } from './sessions/sessions.ts';
import { tableAgreementOf } from './tableAgreement.ts';
import { UnusableInput } from './unusableInput.ts';

/** What a review works on at the moment, in words for whoever waits. */
export type Phase =
  | 'Listing files'
  | 'Reading'
  | 'Joining sessions'
  | 'Checking digests'
  | 'Looking for faults';

export interface ReviewOrder {
  /** Folder of the log files. */
  directory: string;
  period: Period;
  keysFile?: string | undefined;
  tableFile?: string | undefined;
  /** By digest. */
  catalogues: ReadonlyMap<string, Catalogue>;
  /** For the report: the files that they were read from. */
  catalogueFiles?: Pick<Inputs, 'catalogues' | 'leftOut'> | undefined;
  /** Patterns of ARNs: see `Material`. */
  deployRoles?: readonly string[] | undefined;
  /** As many as are of use, when nothing is said. They change nothing in what is found. */
  workers?: number | undefined;
  /** For the report: the options as they were given, what made it, and when. */
  parameters: Review['parameters'];
  tool: Review['tool'];
  madeAt: Review['madeAt'];
  onPhase?(phase: Phase): void;
  onProgress?(progress: Progress): void;
}

/**
 * Makes a review of the log files of a folder: the same whatever the order of the files and the number of workers. Grants and
 * sessions are those that reach into the period; evidence from before and after it still counts for them. Throws
 * `UnusableInput` where there are no log files, and what `readPublicKeys` and `readTableExport` throw.
 */
export async function runReview(order: ReviewOrder): Promise<Review> {
  const { directory, period, catalogues, onPhase = ignore, onProgress = ignore } = order;
  // First what can be wrong at once: reading the log files may take long.
  const keys = order.keysFile === undefined ? [] : await readPublicKeys(order.keysFile);
  const table = order.tableFile === undefined ? undefined : await readTableExport(order.tableFile);
  const inputs = await inputsOf(order);
  onPhase('Listing files');
  const input = await listInput(directory);
  // Where digest files are, logs that are not there are something to find.
  const mayBeEmpty = input.digests.length > 0;
  if (input.logs.length === 0 && !mayBeEmpty) throw new UnusableInput(noLogsMessage(input));

  onPhase('Reading');
  const workers = order.workers ?? usefulWorkers(input);
  const trail = await readTrail(input, { workers, hashContents: input.digests.length > 0, onProgress });
  if (trail.completeness.unique === 0 && !mayBeEmpty)
    throw new UnusableInput(noRecordsMessage(input, trail.completeness.skipped));

  onPhase('Joining sessions');
  const issuances = issuancesOf(trail);
  const sessions = reviewSessions(trail, issuances);
  const evidence = evidenceOf(issuances);
  const recorded = provenEntriesIn(table ?? []);
  const grants = grantsOf({ evidence, issuances, sessions, catalogues, recorded });
  onPhase('Checking digests');
  const integrity = await validateIntegrity({ directory, input, trail, keys, period });
  const known = wholeOf([...spansOf(trail.completeness), ...integrity.chains]);
  if (known && !reachesInto(period, known)) throw new UnusableInput(nothingOfThePeriod(known));
  onPhase('Looking for faults');
  const { deployRoles } = order;
  const judged = { period, trail, issuances, sessions, evidence, grants, catalogues, integrity };
  const findings = findingsIn({ ...judged, deployRoles, table });
  const reviewed = grants.filter((grant) => reachesInto(period, spanOfGrant(grant)));
  return {
    tool: order.tool,
    madeAt: order.madeAt,
    period,
    parameters: order.parameters,
    inputs,
    completeness: trail.completeness,
    trail: { files: trail.files, notOpened: trail.notOpened, conflicts: trail.conflicts },
    issuances,
    sessions: sessions.filter((session) => reachesInto(period, spanOfSession(session))),
    grants: reviewed,
    approvals: approvalsOf(reviewed, catalogues),
    findings,
    integrity,
    table: table && tableAgreementOf({ table, grants: reviewed, findings, period }),
    rightSizing: rightSizingOf({ grants: reviewed, catalogues, trail }),
  };
}

const ignore = (): void => {};

const inputsOf = async ({ catalogueFiles, keysFile, tableFile }: ReviewOrder): Promise<Inputs> => ({
  catalogues: catalogueFiles?.catalogues ?? [],
  leftOut: catalogueFiles?.leftOut ?? [],
  keys: keysFile === undefined ? undefined : await inputFileOf(keysFile),
  table: tableFile === undefined ? undefined : await inputFileOf(tableFile),
});

/** Bytes of log files from which another thread takes less time than it costs to start. */
const bytesWorthAWorker = 8_000_000;
const mostWorkers = 8;
/** What a file has where CloudTrail writes very many. */
const usualBytes = 4_000;

function usefulWorkers({ logs }: LogInput): number {
  const bytes = logs.reduce((sum, file) => sum + (file.bytes ?? usualBytes), 0);
  return Math.max(1, Math.min(availableParallelism(), mostWorkers, Math.floor(bytes / bytesWorthAWorker)));
}

/** Open where it is not over. */
type OpenSpan = Pick<Span, 'from'> & { to?: Instant | undefined };

const spanOfSession = ({ first, last }: ReviewedSession): OpenSpan => ({ from: first, to: last });

/** What was done after the last link, and what was put on record late, are of that time too. */
function spanOfGrant(grant: Grant): OpenSpan {
  const { requestedAt, closedAt, end, chain } = grant;
  if (closedAt === undefined) return { from: requestedAt };
  const moments = [
    end?.at ?? closedAt,
    ...chain.links.map(({ evidence }) => evidence.at),
    ...activityOf(grant).map(({ last }) => last),
  ];
  return { from: requestedAt, to: moments.reduce((so, at) => latest(so, at), closedAt) };
}

const reachesInto = ({ from, to }: Period, span: OpenSpan): boolean =>
  (to === undefined || span.from < to) && (from === undefined || span.to === undefined || span.to >= from);

const spansOf = ({ first, last }: Trail['completeness']): Span[] =>
  first === undefined || last === undefined ? [] : [{ from: first, to: last }];

const nothingOfThePeriod = ({ from, to }: Span): string =>
  `Nothing in the log files is of the period: they go from ${from} to ${to}. Fetch the logs of the period, or name another with --from and --to.`;
