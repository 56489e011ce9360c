import { UnusableInput } from '#review/unusableInput.ts';
import manifest from '../package.json' with { type: 'json' };
import { CommandError } from './commandError.ts';
import { cataloguesFor } from './reviewCatalogues.ts';
import { checkFolders, notWritten } from './reviewFolders.ts';
import { type ReviewOptions, reviewOptionsOf, reviewUsage } from './reviewOptions.ts';
import { showProgress } from './reviewProgress.ts';
import { unbounded } from './terminalText.ts';

/** `countersign review`. Answers the exit code: 0 nothing worse than info, 1 findings. Throws a `CommandError` otherwise. */
export async function review(commandLine: string[]): Promise<number> {
  const options = reviewOptionsOf(commandLine);
  if (options === 'help') {
    process.stdout.write(reviewUsage(process.stdout.columns ?? unbounded));
    return 0;
  }
  await checkFolders(options);
  // Loaded now: the help and a typing error need none of it.
  const { summaryOf } = await import('./reviewSummary.ts');
  const { textOfSummary } = await import('./reviewSummaryText.ts');
  const made = await madeReview(options);
  const summary = summaryOf(made, options.out);
  const lines = options.json ? [JSON.stringify(summary, null, 2)] : textOfSummary(summary, process.stdout);
  process.stdout.write(`${lines.join('\n')}\n`);
  return summary.verdict === 'faults' ? 1 : 0;
}

/** Reads, reviews and writes the reports. */
async function madeReview(options: ReviewOptions) {
  const { runReview } = await import('#review/runReview.ts');
  const { writeReport } = await import('#review/report/writeReport.ts');
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
