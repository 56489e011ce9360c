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
  yield `${byteOrderMark}${line(Object.keys(columns).map(field))}`;
  const fields = Object.values(columns).map(fieldIn);
  for (const row of rows) yield line(fields.map((fieldOf) => fieldOf(row)));
}

const line = (fields: readonly string[]): string => `${fields.join(',')}\r\n`;

/** The field of a column in each row. Much of a row stands in the one above too: that is not looked through again. */
function fieldIn<Row>(cellOf: (row: Row) => Cell): (row: Row) => string {
  let above: Cell;
  let text = '';
  return (row) => {
    const cell = cellOf(row);
    if (cell !== above) {
      above = cell;
      text = field(cell);
    }
    return text;
  };
}

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
 * Also after a semicolon: where a comma is the decimal sign, spreadsheets begin a new cell there. The wide forms count as
 * operators in some languages.
 */
const withoutFormula = (text: string): string => text.replace(/(^|;)(\s*)(?=[=+\-@＝＋－＠])/g, "$1$2'");
