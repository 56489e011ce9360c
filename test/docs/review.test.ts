import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { statuses } from '#domain/accessRequest.ts';
import { severities } from '#review/findings/finding.ts';
import { findingRules } from '#review/findings/findings.ts';
import { fileReasons, recordReasons } from '#review/reader/skipReasons.ts';
import { callsCsv } from '#review/report/callsTable.ts';
import { findingsCsv } from '#review/report/findingsTable.ts';
import { verdictWords } from '#review/report/grantProof.ts';
import { grantsCsv } from '#review/report/grantsTable.ts';
import { sessionsCsv } from '#review/report/sessionsTable.ts';
import { severityWords } from '#review/report/severityWords.ts';
import type { Review } from '#review/review.ts';
import { optionRows } from '../../cli/commandHelp.ts';
import { review } from '../../cli/commands/review.ts';

const document = readFileSync('docs/review.md', 'utf8');

/** The rows of the table after a mark, as cells. */
function tableAfter(mark: string): string[][] {
  const [, rest = ''] = document.split(`<!-- ${mark} -->\n`);
  const [table = ''] = rest.split(/\n(?!\|)/);
  return table
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** What stands between backticks. */
const wordsIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

describe('the reviewer’s manual', () => {
  test('names every rule, in the order in which they look', () => {
    expect(tableAfter('rules').flatMap(([rule]) => wordsIn(rule))).toEqual(
      findingRules.map(({ name }) => name),
    );
  });

  test('says of each rule how grave it is, what it means and what to do', () => {
    for (const [rule, severity = '', means, next] of tableAfter('rules')) {
      const named = severity.split(', ');
      expect([rule, named]).toEqual([rule, severities.filter((one) => named.includes(one))]);
      expect(means?.length).toBeGreaterThan(10);
      expect(next?.length).toBeGreaterThan(5);
    }
  });

  test('says of each severity what the page says', () => {
    expect(tableAfter('severities').map(([severity, words]) => [wordsIn(severity)[0], words])).toEqual(
      severities.map((severity) => [severity, severityWords[severity]]),
    );
  });

  test('tells every status and every verdict on a chain', () => {
    const told = (mark: string) => tableAfter(mark).flatMap(([value]) => wordsIn(value));
    expect(told('values of status')).toEqual([...statuses]);
    expect(told('values of chain')).toEqual(Object.keys(verdictWords));
  });

  test('names every reason why something was left out', () => {
    const named = tableAfter('reasons').flatMap(([reasons]) => wordsIn(reasons));
    expect(named.sort()).toEqual([...Object.keys(recordReasons), ...Object.keys(fileReasons)].sort());
  });

  const nothing = { grants: [], sessions: [], findings: [] } as unknown as Review;
  const references = {
    findingsOf: () => [],
    worstOf: () => undefined,
    approvalsOf: () => undefined,
    requestOf: () => undefined,
  };
  test.each([
    ['grants.csv', grantsCsv(nothing, references)],
    ['sessions.csv', sessionsCsv(nothing, references)],
    ['calls.csv', callsCsv(nothing, references)],
    ['findings.csv', findingsCsv(nothing)],
  ])('names every column of %s', (file, lines) => {
    // trim() takes the byte order mark, too.
    const header = [...lines].join('').trim();
    expect(tableAfter(`columns of ${file}`).flatMap(([columns]) => wordsIn(columns))).toEqual(
      header.split(','),
    );
  });

  test('names every option', () => {
    const options = optionRows(review).map(([label]) => /--[a-z-]+/.exec(label)?.[0]);
    for (const option of options.filter((name) => name !== '--help'))
      expect(document).toContain(`\`${option}`);
  });
});
