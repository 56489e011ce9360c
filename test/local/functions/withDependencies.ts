/** A function for the tests of the bundles: one dependency is an ES module, the other is required at run time. */
import { parse } from 'yaml';

export const handler = async (): Promise<unknown> => ({
  yaml: parse('[1, 2]'),
  createdWith: typeof require === 'function' && require('node:path').sep === '/' ? 'require' : 'nothing',
});
