import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// Loaded before a program that is measured: how much memory it took at most is only known when it ends.
if (isMainThread)
  process.on('exit', () => {
    const file = process.env.COUNTERSIGN_BENCH_USAGE;
    if (file) writeFileSync(file, String(process.resourceUsage().maxRSS));
  });
