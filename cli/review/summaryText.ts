import { type Severity, severities } from '#review/findings/finding.ts';
import { type Cell, styled } from '../terminal/cell.ts';
import { columnsOf } from '../terminal/columns.ts';
import { counted, number } from '../terminal/counted.ts';
import { hanging } from '../terminal/wrapped.ts';
import type { RuleSummary, Summary } from './summary.ts';
import { factsOf } from './summaryFacts.ts';

type Format = NonNullable<Cell['format']>;

const styles: Record<Severity, Format> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'dim',
};

const verdictStyles: Record<Summary['verdict'], Format> = {
  faults: ['bold', 'red'],
  unchecked: ['bold', 'yellow'],
  clean: ['bold', 'green'],
};

const mostRules = 12;
const severityWidth = 'critical'.length;
const factWidth = 'Integrity'.length + 2;

/** The summary for people: the verdict, what was found and what to do, what was read, where the reports are. */
export function textOfSummary(summary: Summary, stream: NodeJS.WriteStream): string[] {
  const style = (format: Format, text: string): string => styled({ text, format }, stream);
  const columns = columnsOf(stream);
  const { rules } = summary.findings;
  const left = rules.length - mostRules;
  return [
    ...hanging('', verdictWords(summary), columns).map((line) => style(verdictStyles[summary.verdict], line)),
    '',
    ...rules.slice(0, mostRules).flatMap((rule) => ruleLines(rule, style, columns)),
    ...(left > 0 ? [`  … and ${counted(left, 'more rule')} in findings.csv`] : []),
    ...(rules.length > 0 ? [''] : []),
    ...factsOf(summary).flatMap(([name, text]) => {
      const [first = '', ...rest] = hanging(name.padEnd(factWidth), text, columns);
      return [`${style('bold', first.slice(0, factWidth))}${first.slice(factWidth)}`, ...rest];
    }),
    '',
    ...hanging(
      '',
      `The reports are in ${summary.reports.folder}: begin with ${summary.reports.page}.`,
      columns,
    ),
  ];
}

function verdictWords({ verdict, notChecked, findings }: Summary): string {
  const counts = severities
    .filter((name) => findings.severity[name] > 0)
    .map((name) => `${number(findings.severity[name])} ${name}`)
    .join(', ');
  const found = counts === '' ? 'nothing was found.' : `nothing worse than info was found (${counts}).`;
  const words = {
    faults: `NOT CLEAN: ${counts}.`,
    unchecked: `NOT ALL CHECKED: ${found}`,
    clean: `CLEAN: ${found}`,
  };
  return [words[verdict], ...(notChecked.length > 0 ? [`Not checked: ${notChecked.join(', ')}.`] : [])].join(
    ' ',
  );
}

/** Severity and rule; below, the first of its findings and how many more there are. */
function ruleLines(
  { rule, severity, count, message }: RuleSummary,
  style: (format: Format, text: string) => string,
  columns: number,
): string[] {
  const indent = ' '.repeat(severityWidth + 4);
  return [
    `  ${style(styles[severity], severity.padEnd(severityWidth))}  ${rule}`,
    ...hanging(indent, message, columns),
    ...(count > 1 ? [`${indent}… and ${number(count - 1)} more in findings.csv`] : []),
  ];
}
