import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The sample installation that the tests know by heart. The files of the same name at the root began as the same; whoever
 * deploys Countersign makes those their own, and the tests go on.
 */
const fileNamed = (name: string): string => fileURLToPath(new URL(`../sample/${name}`, import.meta.url));

export const sampleCatalogue = fileNamed('catalogue.yaml');
export const sampleSettings = fileNamed('countersign.config.yaml');

export const textOf = (file: string): string => readFileSync(file, 'utf8');
