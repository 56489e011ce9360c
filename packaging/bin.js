#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Older Nodes have to understand this file, to say so.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 13)) {
  // Before anything else is loaded; in the place that the command itself names.
  const folder = new URL('../node_modules/.cache/countersign/compiled', import.meta.url);
  module.enableCompileCache(fileURLToPath(folder));
  void import('./countersign.js');
} else {
  process.stderr.write(
    `countersign needs Node 22.13 or later, and this is ${process.version}. Install one: https://nodejs.org\n`,
  );
  process.exitCode = 2;
}
