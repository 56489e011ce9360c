import { describe, expect, test } from 'vitest';
import { liveRegion } from '../../../cli/terminal/liveRegion.ts';
import { widthOf } from '../../../cli/terminal/width.ts';
import { aTerminal, plain } from './aTerminal.ts';

const line = (text: string) => ({ text });

describe('lines that are drawn in place', () => {
  test('are drawn over by one write, without clearing them before', () => {
    const { output, written } = aTerminal(80);
    const region = liveRegion(output);
    region.show([line('one'), line('two')]);
    region.show([line('three')]);
    const [, first, second] = written;
    expect(first).toBe('\rone\u001b[K\ntwo\u001b[K\n\u001b[J');
    expect(second).toBe('\r\u001b[2Athree\u001b[K\n\u001b[J');
    region.close();
  });

  test('never wrap: a line that did could not be drawn over', () => {
    const { output, written } = aTerminal(10);
    const region = liveRegion(output);
    region.show([{ text: 'carol@example.com was asked', format: 'green' }]);
    const [shown = ''] = plain(written.slice(1)).map((text) => text.trim());
    expect(widthOf(shown)).toBeLessThan(10);
    expect(shown).toBe('carol@ex…');
    region.close();
  });

  test('hide the cursor, and give it back at the end', () => {
    const before = process.listenerCount('exit');
    const { output, written } = aTerminal(80);
    const region = liveRegion(output);
    expect(written).toEqual(['\u001b[?25l']);
    expect(process.listenerCount('exit')).toBe(before + 1);
    region.close();
    expect(written.at(-1)).toBe('\u001b[?25h');
    expect(process.listenerCount('exit')).toBe(before);
  });

  test('go away at the end', () => {
    const { output, written } = aTerminal(80);
    const region = liveRegion(output);
    region.show([line('one'), line('two')]);
    region.close();
    expect(written.at(-2)).toBe('\r\u001b[2A\u001b[J');
  });
});
