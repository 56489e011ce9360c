import type { Review } from '#review/review.ts';
import { aReview } from './aReview.ts';

/** What somebody would write into a session name, a ticket or a file name who wants more than to be read. */
export const attacks = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><style>*{display:none}</style>',
  '</title><x-evil>',
  '<!--',
  ']]>',
  '&lt;x-evil&gt; &#60;x-evil>',
  'javascript:alert(1)',
  '{{x-evil}} `x`',
  '\u202egnp.exe\u2066<x-evil>',
  '=HYPERLINK("http://evil.example")',
  '__proto__',
  'constructor',
  'a\u0000b\u001b[2Jc\u009b2J\ud800d\r\ne\tf\u2028g',
];

/** What only Countersign itself can write: names of states, events and kinds. */
const ours = new Set([
  'status',
  'event',
  'severity',
  'joinedBy',
  'kind',
  'content',
  'how',
  'decision',
  'verdict',
  'attester',
]);

/** A review in which every text that comes from logs, files or people is `text`, also where it names something. */
export function withText(text: string, review: Review = aReview()): Review {
  const { tool, madeAt, period, ...rest } = review;
  return { tool, madeAt, period, ...(replaced(rest, text) as Omit<Review, 'tool' | 'madeAt' | 'period'>) };
}

const isInstant = (text: string): boolean => /^\d{4}-\d\d-\d\dT/.test(text);

function replaced(value: unknown, text: string, key = ''): unknown {
  if (typeof value === 'string') return ours.has(key) || isInstant(value) ? value : text;
  if (Array.isArray(value)) return value.map((item) => replaced(item, text));
  if (typeof value !== 'object' || value === null) return value;
  const named = key === 'skipped' || key === 'parameters' || key === 'tags';
  return Object.fromEntries(
    Object.entries(value).map(([name, item], index) => [
      named && index === 0 ? text : name,
      replaced(item, text, name),
    ]),
  );
}
