import { writeReport } from '#review/report/writeReport.ts';
import { runReview } from '#review/runReview.ts';
import { UnusableInput } from '#review/unusableInput.ts';
import manifest from '../../package.json' with { type: 'json' };
import { CommandError } from '../commandError.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { answer } from '../terminal/answer.ts';
import { cataloguesFor } from './catalogues.ts';
import { checkFolders, notWritten } from './checkFolders.ts';
import type { ReviewOptions } from './options.ts';
import { showProgress } from './progress.ts';
import { summaryOf } from './summary.ts';
import { textOfSummary } from './summaryText.ts';

/** Reviews, writes the reports and tells what is in them. Answers the exit code. */
export async function makeReview(options: ReviewOptions): Promise<ExitCode> {
  await checkFolders(options);
  const made = await madeReview(options);
  const summary = summaryOf(made, options.out);
  answer(summary, () => textOfSummary(summary, process.stdout), options);
  return summary.verdict === 'faults' ? exitCodes.no : exitCodes.done;
}

/** Reads, reviews and writes the reports. */
async function madeReview(options: ReviewOptions) {
  const read = await cataloguesFor(options.catalogues, (line) => process.stderr.write(`${line}\n`));
  const progress = showProgress(process.stderr);
  try {
    const made = await runReview({
      directory: options.logs,
      period: options.period,
      keysFile: options.keys,
      tableFile: options.table,
      catalogues: read.catalogues,
      catalogueFiles: read.files,
      deployRoles: options.deployRoles,
      workers: options.workers,
      parameters: options.parameters,
      tool: { name: 'countersign', version: manifest.version },
      madeAt: timeOfReport(),
      onPhase: progress.onPhase,
      onProgress: progress.onProgress,
    });
    progress.onPhase('Writing reports');
    await writeReport(made, options.out).catch((error: unknown) => {
      throw notWritten(options.out, error);
    });
    return made;
  } catch (error) {
    throw error instanceof UnusableInput ? new CommandError(error.message) : error;
  } finally {
    progress.stop();
  }
}

/** Now, or what https://reproducible-builds.org/specs/source-date-epoch/ says: the same input then gives the same files. */
function timeOfReport(): string {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  const time = epoch && /^\d{1,11}$/.test(epoch) ? new Date(Number(epoch) * 1_000) : new Date();
  return `${time.toISOString().slice(0, 19)}Z`;
}
