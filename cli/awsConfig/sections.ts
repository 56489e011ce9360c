/** A section of AWS's config file: its header and all lines before the next one. */
export interface Section {
  /** What stands between the brackets: `profile jit-orders-read`. Empty for what precedes the first header. */
  name: string;
  /** With their line ends. Together those of all sections are the file, to the byte. */
  lines: string[];
}

/** The sections in the order of the file; the first one may have no header. */
export function sectionsOf(text: string): Section[] {
  const sections: Section[] = [{ name: '', lines: [] }];
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const name = headerOf(line);
    if (name === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ name, lines: [line] });
  }
  return sections;
}

export const textOf = (sections: readonly Section[]): string =>
  sections.flatMap(({ lines }) => lines).join('');

/** `[ profile "a" ]` is `profile a` to AWS's tools. */
function headerOf(line: string): string | undefined {
  const [, name] = /^[ \t]*\[([^\]]*)\]/.exec(line) ?? [];
  return name?.trim().replace(/^(\S+)\s+(["']?)(.*)\2$/, '$1 $3');
}

/** Also as a shell would read it: the AWS CLI does. */
export function isDefaultProfile(name: string): boolean {
  const plain = name.replace(/["'\\]/g, '').trim();
  return plain === 'default' || plain === 'profile default';
}

/** A setting on a line of its own, not one that is nested below another. */
export function settingOf(line: string): { key: string; value: string } | undefined {
  const [, key, value] = /^([^\s#;[=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
  return key === undefined || value === undefined ? undefined : { key: key.toLowerCase(), value };
}

/** What ends the lines of a text: CR LF where its first one does. */
export const lineEndOf = (text: string): string => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n');
