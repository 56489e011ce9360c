import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

/** A terminal of so many columns, and all that was written to it. */
export function aTerminal(columns: number) {
  const written: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk) => written.push(String(chunk)));
  const output = Object.assign(stream, { isTTY: true, columns, getColorDepth: () => 8 });
  return { output: output as unknown as NodeJS.WriteStream, written };
}

/** No terminal. */
export const aPipe = (): NodeJS.WriteStream => new PassThrough() as unknown as NodeJS.WriteStream;

export const plain = (lines: string[]): string[] => lines.map(stripVTControlCharacters);
