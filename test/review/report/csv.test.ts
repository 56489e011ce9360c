import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type Cell, csv } from '#review/report/csv.ts';
import { cellsOf } from './csvReader.ts';
import { attacks } from './hostile.ts';

const cellOf = (value: Cell): string => {
  const [, row] = cellsOf([...csv({ only: () => value }, [1])].join(''));
  return row?.[0] ?? '';
};

describe('A table', () => {
  it('has a header, CRLF at each end of a line, and quotes only where they are needed', () => {
    const rows = [
      { a: 'plain', b: 1 },
      { a: 'with "quotes", and comma', b: -2 },
    ];
    expect([...csv<(typeof rows)[number]>({ first: ({ a }) => a, second: ({ b }) => b }, rows)]).toEqual([
      '\ufefffirst,second\r\n',
      'plain,1\r\n',
      '"with ""quotes"", and comma",-2\r\n',
    ]);
  });

  it.for([
    ['=1+1', "'=1+1"],
    ['  @SUM(A1)', "'@SUM(A1)"],
    ['\t=1+1', "'=1+1"],
    ['\r-2+3', "'-2+3"],
    ['+49 30 1', "'+49 30 1"],
    ['＝1+1', "'＝1+1"],
    ['alice@example.com', 'alice@example.com'],
    ['bob; =1+1', "bob; '=1+1"],
    ['bob;"=1+1', `bob;"'=1+1`],
    ['bob; "" =1+1', `bob; "" '=1+1`],
    ['a=b', 'a=b'],
    ['a =1', 'a =1'],
    ['a ← b', 'a ← b'],
    ['a  b', 'a b'],
    ['a b ', 'a b'],
    ['← =1', '← =1'],
  ])('leaves no formula for a spreadsheet: %j', ([text, cell]) => {
    expect(cellOf(text)).toBe(cell);
  });

  it('leaves numbers numbers', () => {
    expect(cellOf(-5)).toBe('-5');
  });

  it('has no invisible characters, and no line within a cell', () => {
    expect(cellOf('a\u0000b\u001b[2J\u009b2J\ud800\r\nc\u2028d\u202ee')).toBe('ab[2J2J c de');
  });

  test.prop([
    fc.array(
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...attacks), fc.integer()), {
        minLength: 2,
        maxLength: 2,
      }),
    ),
  ])('can be read back, whatever is in it: as many rows and cells, none of them a formula', (rows) => {
    const text = [...csv<Cell[]>({ a: ([a]) => a, b: ([, b]) => b }, rows)].join('');
    const [, ...cells] = cellsOf(text);
    expect(cells.map((row) => row.length)).toEqual(rows.map(() => 2));
    const texts = cells.flat().filter((_, index) => typeof rows.flat()[index] === 'string');
    expect(texts.filter((cell) => /(^|;)\s*[=+\-@＝＋－＠]/.test(cell))).toEqual([]);
  });

  test.prop([fc.array(fc.constantFrom(';', '"', ' ', '=', '+', 'a', ','), { maxLength: 12 })])(
    'has no formula for who takes it apart at semicolons either',
    (characters) => {
      const [, row = ''] = csv({ only: () => characters.join('') }, [1]);
      expect(row.split(';').filter((cell) => /^["\s]*[=+]/.test(cell))).toEqual([]);
    },
  );
});
