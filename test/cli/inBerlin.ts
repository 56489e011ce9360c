import { afterAll, beforeAll } from 'vitest';

/** The tests of this file run where Berlin's time is: an hour, in summer two, later than UTC. */
export function inBerlin(): void {
  const zone = process.env.TZ;
  beforeAll(() => {
    process.env.TZ = 'Europe/Berlin';
  });
  afterAll(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
}
