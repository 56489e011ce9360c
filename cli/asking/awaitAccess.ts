import type { AccessRequestDetail } from '#client/answers.ts';
import type { Service } from '../service.ts';
import { remark } from '../terminal/answer.ts';
import { styled } from '../terminal/cell.ts';
import { liveRegion } from '../terminal/liveRegion.ts';
import { untilInterrupted } from '../terminal/untilInterrupted.ts';
import { decisionCells, watchChanges, watchLines } from './watchProgress.ts';
import { type Watched, watchRequest } from './watchRequest.ts';

/** Milliseconds between two drawings. */
const frame = 120;

/**
 * Waits until a request is decided and its access there, and shows on stderr meanwhile how it stands: drawn in place on a terminal, else a line for
 * each change. Ctrl-C ends the waiting and leaves the request as it is.
 */
export const awaitAccess = (
  service: Service,
  id: string,
  { quiet }: { quiet: boolean | undefined },
): Promise<AccessRequestDetail | undefined> =>
  untilInterrupted(async (signal) => {
    const progress = quiet ? noProgress : process.stderr.isTTY ? drawnProgress() : writtenProgress();
    try {
      return await watchRequest(service, id, { signal, onLook: progress.onLook });
    } finally {
      progress.close();
      if (signal.aborted && !quiet)
        remark(`The request stays open. To wait for it again: countersign status ${id} --wait`);
    }
  });

interface WatchProgress {
  onLook(watched: Watched): void;
  close(): void;
}

const noProgress: WatchProgress = { onLook: () => undefined, close: () => undefined };

function drawnProgress(): WatchProgress {
  const region = liveRegion(process.stderr);
  let seen: Watched | undefined;
  let tick = 0;
  const draw = (): void => {
    if (seen) region.show(watchLines(seen, tick));
    tick += 1;
  };
  const timer = setInterval(draw, frame);
  return {
    onLook(watched) {
      seen = watched;
      draw();
    },
    close() {
      clearInterval(timer);
      region.close();
      if (seen) remark(...decisionCells(seen.request).map((cell) => styled(cell, process.stderr)));
    },
  };
}

function writtenProgress(): WatchProgress {
  let seen: Watched | undefined;
  return {
    onLook(watched) {
      remark(...watchChanges(seen, watched));
      seen = watched;
    },
    close: () => undefined,
  };
}
