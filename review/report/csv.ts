import { visibleLine } from '#domain/visibleText.ts';

export type Cell = string | number | undefined;

/** A table's columns: the name in the header, and what a row holds there. */
export type Columns<Row> = Record<string, (row: Row) => Cell>;

/** Without it spreadsheets take UTF-8 for an old code page. */
const byteOrderMark = '\ufeff';

/**
 * A table in RFC 4180 and UTF-8: a header, CRLF, quotes only where they are needed. Nothing in a cell is invisible, and nothing that a
 * spreadsheet would run is left as a formula (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export function* csv<Row>(columns: Columns<Row>, rows: Iterable<Row>): Generator<string> {
  yield header(Object.keys(columns));
  const cells = Object.values(columns);
  for (const row of rows) yield line(fields(cells.map((cellOf) => cellOf(row))));
}

/** The first line of such a table: names of columns. */
export const header = (names: readonly string[]): string => byteOrderMark + line(fields(names));

/** A line of such a table. */
export const line = (fields: string): string => `${fields}\r\n`;

/** The fields of cells that stand side by side in a line. */
export const fields = (cells: readonly Cell[]): string => cells.map(field).join(',');

function field(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  if (plain.test(cell)) return cell;
  const text = withoutFormula(visibleLine(cell));
  return /[",;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Most cells of a table of a million rows: nothing to make visible, to quote or to defuse. */
const plain = /^[0-9A-Za-z][0-9A-Za-z_.:/@+=*←-]*(?: [0-9A-Za-z_.:/@+=*←-]+)*$/;

/**
 * Also after a semicolon: where a comma is the decimal sign, spreadsheets begin a new cell there, and drop the quotes that it begins with. The
 * wide forms count as operators in some languages.
 */
const withoutFormula = (text: string): string => text.replace(/(^|;)([\s"]*)(?=[=+\-@＝＋－＠])/g, "$1$2'");
