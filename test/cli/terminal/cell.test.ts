import { expect, test, vi } from 'vitest';
import { styled } from '../../../cli/terminal/cell.ts';

/** As Node 22.13 has it: a list of formats does not ask the stream whether it wants colours. */
vi.mock('node:util', async (original) => {
  const util = await original<typeof import('node:util')>();
  const styleText: typeof util.styleText = (format, text, options) =>
    util.styleText(format, text, Array.isArray(format) ? { validateStream: false } : options);
  return { ...util, styleText };
});

const pipe = { isTTY: false } as NodeJS.WriteStream;

test.each(['dim', ['bold', 'green']] as const)(
  'a pipe gets no colours, whatever Node does with a list: %s',
  (format) => {
    const stream = Object.assign(Object.create(process.stdout), pipe);
    expect(styled({ text: 'active', format: format as 'dim' }, stream)).toBe('active');
  },
);
