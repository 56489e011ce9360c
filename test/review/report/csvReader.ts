/** The cells of a table by RFC 4180 behind a byte order mark, strictly: throws where that is missing, a line does not end in CRLF or a quote stands where none may. */
export function cellsOf(file: string): string[][] {
  if (!file.startsWith('\ufeff')) throw new SyntaxError('No byte order mark.');
  const text = file.slice(1);
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const [, quoted, plain = '', end] = cell.exec(text) ?? [];
    if (end === undefined) throw new SyntaxError(`No cell of RFC 4180 in row ${rows.length + 1}.`);
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** The same with the names of the header. */
export function rowsOf(text: string): Record<string, string>[] {
  const [header = [], ...rows] = cellsOf(text);
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}
