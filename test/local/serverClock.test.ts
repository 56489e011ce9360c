import { describe, expect, it } from 'vitest';
import { everyMinute } from '../../local/everyMinute.ts';
import { serverClock } from '../../local/serverClock.ts';
import { openStore } from '../../local/store.ts';

const hour = 3_600_000;

describe("The server's clock", () => {
  it('goes on from where the store remembers it, and is shared by the servers of one process', () => {
    const store = openStore();
    const first = serverClock(store);
    first.clock.advance(2 * hour);
    first.forget();
    const second = serverClock(openStore());
    expect(second.clock).toBe(first.clock);
    expect(store.table<number>('clock').get('offset')).toBeGreaterThanOrEqual(2 * hour);
  });

  it('catches up with a store that has seen later', () => {
    const store = openStore();
    const before = serverClock(openStore()).clock.now();
    store.table<number>('clock').set('offset', 1000 * hour);
    expect(serverClock(store).clock.now() - before).toBeGreaterThan(900 * hour);
  });

  it('forgets a store that was closed', () => {
    const store = openStore();
    const { clock, forget } = serverClock(store);
    forget();
    store.close();
    expect(() => clock.advance(hour)).not.toThrow();
  });
});

describe('Work of every minute', () => {
  it('runs right after the clock was moved, never twice at a time, and once more for what fell due meanwhile', async () => {
    const { clock } = serverClock(openStore());
    let running = 0;
    let most = 0;
    let runs = 0;
    const stop = everyMinute(clock, async () => {
      running += 1;
      most = Math.max(most, running);
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
      running -= 1;
    });
    clock.advance(hour);
    clock.advance(hour);
    clock.advance(hour);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect({ runs, most }).toEqual({ runs: 2, most: 1 });
    await stop();
    clock.advance(hour);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(runs).toBe(2);
  });
});
