import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests that move no clock and start no server share their processes: most of their time would be loading. */
const pure = [
  'test/domain/**/*.test.ts',
  'test/lambdas/**/*.test.ts',
  'test/review/{sessions,grants,findings,integrity,report,rightSizing}/**/*.test.ts',
];

export default defineConfig({
  test: {
    // Whole servers also wait: one worker more than two cores keeps both busy.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // For the processes that tests start: a third of a server's start would be reading TypeScript.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/countersign/compiled', import.meta.url)),
      // What tests keep does not belong into the keychain of whoever runs them.
      COUNTERSIGN_KEYCHAIN: 'off',
    },
    // Whole servers on a busy machine: a test that fails twice is wrong, one that fails once is reported as flaky.
    retry: process.env.CI ? 1 : 0,
    projects: [
      { extends: true, test: { name: 'rules', include: pure, isolate: false } },
      { extends: true, test: { name: 'service', include: ['test/**/*.test.ts'], exclude: pure } },
    ],
  },
});
