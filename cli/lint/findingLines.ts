import { styleText } from 'node:util';
import { visibleLine } from '#domain/visibleText.ts';
import type { ConfigurationFinding } from '#infra/configuration/configurationFinding.ts';
import { counted } from '../terminal/counted.ts';
import type { Checked } from './checkedFiles.ts';

type Severity = ConfigurationFinding['severity'];

/** As compilers print what they find: editors and CI make links of it. */
export function findingLines({ files, findings }: Checked, stream: NodeJS.WriteStream): string[] {
  const lines = findings.map(({ file, line, severity, text }) =>
    [file, line, ` ${styleText(colours[severity], severity, { stream })}`, ` ${visibleLine(text)}`]
      .filter((part) => part !== undefined)
      .join(':')
      .trim(),
  );
  return [...lines, ...(lines.length > 0 ? [''] : []), summaryOf(files, findings)];
}

const colours = { fault: 'red', warning: 'yellow' } as const satisfies Record<Severity, string>;

function summaryOf(files: string[], findings: readonly ConfigurationFinding[]): string {
  const [faults, warnings] = [countOf(findings, 'fault'), countOf(findings, 'warning')];
  const found = [
    ...(faults > 0 ? [counted(faults, 'fault')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  const names = files.map(visibleLine).join(' and ');
  if (found.length === 0) return `Nothing to say of ${names}.`;
  const next = faults > 0 ? 'Correct the faults before you deploy.' : 'Nothing that a deploy refuses.';
  return `${found.join(' and ')} in ${names}. ${next}`;
}

export const countOf = (findings: readonly ConfigurationFinding[], severity: Severity): number =>
  findings.filter((finding) => finding.severity === severity).length;
