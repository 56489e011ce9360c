import type { InputFile, Inputs } from '../inputs.ts';
import { type Html, html } from './html.ts';
import { code, table } from './pageParts.ts';

/** What was judged by, beside the log files: with it anybody can make the same review again. */
export function inputsPart({ catalogues, leftOut, keys, table: requestTable }: Inputs): Html {
  const files: { what: string; file: InputFile; digest?: string }[] = [
    ...catalogues.flatMap(({ groups, digest, ...file }) => [
      { what: 'catalogue', file, digest },
      ...(groups ? [{ what: 'its groups', file: groups }] : []),
    ]),
    ...(keys ? [{ what: 'public keys', file: keys }] : []),
    ...(requestTable ? [{ what: 'request table', file: requestTable }] : []),
  ];
  return html`${files.length === 0 && html`<p>By the logs alone: no catalogue, public keys or request table were given.</p>`}${
    files.length > 0 &&
    table({
      caption: 'Files beside the logs',
      rows: files,
      columns: [
        { name: 'What', cell: ({ what }) => what },
        { name: 'File', cell: ({ file }) => code(file.path) },
        {
          name: 'SHA-256',
          cell: ({ file }) =>
            file.sha256 === undefined ? 'not taken: it can be read but once' : code(file.sha256),
        },
        { name: 'Digest', cell: ({ digest }) => (digest === undefined ? undefined : code(digest)) },
      ],
    })
  }${
    leftOut.length > 0 &&
    table({
      caption: 'Catalogues that could not be read, and so judged nothing',
      rows: leftOut,
      columns: [
        { name: 'File', cell: ({ path }) => code(path) },
        { name: 'Why', cell: ({ reason }) => reason },
      ],
    })
  }`;
}
