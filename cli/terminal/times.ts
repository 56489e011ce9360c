/** Times where the reader is. Without a library: they are in what every run of `credentials` says. */

/** `16:00`, and with its date where that is not today's: `2026-11-23 16:00`. */
export function clockTime(instant: string, now = new Date()): string {
  const [day, time] = localTime(new Date(instant));
  return day === localTime(now)[0] ? time : `${day} ${time}`;
}

/** `2026-11-22 16:00:05`, for records. */
export function fullTime(instant: string): string {
  const date = new Date(instant);
  const [day, time] = localTime(date);
  return `${day} ${time}:${twoDigits(date.getSeconds())}`;
}

function localTime(date: Date): [day: string, time: string] {
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join('-');
  return [day, `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`];
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');
