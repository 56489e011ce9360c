/**
 * The local server's clock. `Date` runs ahead of real time by an offset that the main thread and every
 * function worker share, so a four-hour grant can be watched to its end in seconds. Real time unless moved.
 */
export interface Clock {
  /** Milliseconds since the epoch, as every part of the local server sees them. */
  now(): number;
  /** Moves the clock forward; never back, as AWS's does not. */
  advance(milliseconds: number): void;
  /** Called after each move, so that timers can be armed again. Returns the unsubscribe function. */
  onAdvance(listener: () => void): () => void;
  /** The offset in milliseconds; handed to workers, which pass it to `installOffset`. */
  readonly offset: SharedArrayBuffer;
}

const RealDate = globalThis.Date;

/** Real time, whatever the offset: what a client outside this process (the AWS CLI) signs with. */
export const realNow = (): number => RealDate.now();

/** Makes `Date` in this thread run ahead by the shared offset. Call before anything else reads the time. */
export function installOffset(offset: SharedArrayBuffer): void {
  const shift = new Float64Array(offset);
  const now = (): number => RealDate.now() + (shift[0] ?? 0);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
  });
}

/** A clock that starts `offsetMilliseconds` ahead of real time and drives `Date` in this thread. */
export function createClock(offsetMilliseconds = 0): Clock {
  const offset = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const shift = new Float64Array(offset);
  shift[0] = offsetMilliseconds;
  installOffset(offset);
  const listeners = new Set<() => void>();
  return {
    offset,
    now: () => RealDate.now() + (shift[0] ?? 0),
    advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new RangeError('The clock only moves forward.');
      shift[0] = (shift[0] ?? 0) + milliseconds;
      for (const listener of listeners) listener();
    },
    onAdvance(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
