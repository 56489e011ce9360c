import { addSeconds, type Instant, instantSchema } from '#domain/instant.ts';
import { visibleLine } from '#domain/visibleText.ts';
import type { Period } from '#review/findings/finding.ts';
import { CommandError } from '../commandError.ts';

/** Half-open, `from` ≤ t < `to`: the end of one period is the begin of the next. Throws a `CommandError` where there is none. */
export function periodOf(from: string | undefined, to: string | undefined): Period {
  const period: Period = {
    ...(from !== undefined && { from: timeOf('--from', from, 0) }),
    ...(to !== undefined && { to: timeOf('--to', to, 1) }),
  };
  if (period.from !== undefined && period.to !== undefined && period.from >= period.to)
    throw new CommandError(
      `--from ${from} is not before --to ${to}: give an earlier --from or a later --to.`,
    );
  return period;
}

const day = 24 * 3_600;

function timeOf(option: string, text: string, days: number): Instant {
  const time = timeIn(text, days);
  if (time !== undefined) return time;
  const shown = visibleLine(text);
  throw new CommandError(
    timeIn(shown, days) === undefined
      ? `${option} takes a date or a UTC time with its seconds and a Z, such as 2026-11-01 or 2026-11-01T08:00:00Z, not "${shown}".`
      : `${option} has a blank in it, or something that does not show: give ${shown} without.`,
  );
}

/** The begin of a date, or of the day that many days later; or the time itself. */
function timeIn(text: string, days: number): Instant | undefined {
  const date = instantSchema.safeParse(`${text}T00:00:00Z`);
  return date.success ? addSeconds(date.data, days * day) : instantSchema.safeParse(text).data;
}
