import type { Instant } from '#domain/instant.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { escapeHtml, inertLines, quoted, subjectLine } from './inertText.ts';

/** A mail in both its forms; each tells everything on its own. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** Something the server knows. Several values are shown as a list. */
export interface Fact {
  label: string;
  value: string | string[];
}

/** What the parts of a mail say; the layout gives them their two forms. */
export interface Letter {
  subject: string;
  opening: string[];
  /** A request that somebody else has words in: set apart, every line marked as theirs. */
  quotes?: { label: string; text: string }[];
  facts: Fact[];
  /** The only link. Its address is ours, never another's. */
  action: { label: string; url: string };
  closing: string[];
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `22 November 2026, 10:00 UTC`; seconds only where there are some. */
export function describeInstant(instant: Instant): string {
  const [year, month, day] = instant.slice(0, 10).split('-').map(Number);
  const time = instant.endsWith(':00Z') ? instant.slice(11, 16) : instant.slice(11, 19);
  return `${day} ${months[(month ?? 1) - 1]} ${year}, ${time} UTC`;
}

export function layOut(letter: Letter): Mail {
  return { subject: subjectLine(letter.subject), text: textPart(letter), html: htmlPart(letter) };
}

function textPart({ opening, quotes = [], facts, action, closing }: Letter): string {
  const blocks = [
    opening.map(visibleLine).join('\n'),
    facts.map(factLines).join('\n'),
    ...quotes.map(({ label, text }) => `${label}:\n${quoted(text)}`),
    `${action.label}:\n${action.url}`,
    closing.map(visibleLine).join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const factLines = ({ label, value }: Fact): string =>
  Array.isArray(value)
    ? [`${label}:`, ...value.map((item) => `- ${visibleLine(item)}`)].join('\n')
    : `${label}: ${visibleLine(value)}`;

/** Colours are left to the mail program, so that dark mode works, except where both ground and letters are ours. */
function htmlPart({ subject, opening, quotes = [], facts, action, closing }: Letter): string {
  const link = `<a href="${escapeHtml(action.url)}" style="${styles.link}">${words(action.label)}</a>`;
  return `<!doctype html>
<html lang="en" style="color-scheme: light dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${escapeHtml(subjectLine(subject))}</title>
</head>
<body style="${styles.body}">
${opening.map(paragraph).join('\n')}
<dl style="margin: 1em 0">
${facts.map(factItem).join('\n')}
</dl>
${quotes.map(quote).join('\n')}
<p style="margin: 1.5em 0">${link}</p>
${closing.map(paragraph).join('\n')}
</body>
</html>
`;
}

const styles = {
  body: 'margin: 0 auto; padding: 1em; max-width: 38em; font-family: system-ui, sans-serif; font-size: 16px; line-height: 1.5; overflow-wrap: anywhere',
  link: 'display: inline-block; padding: .7em 1.1em; border-radius: .4em; background: #0b57a4; color: #ffffff; font-weight: bold',
  quote:
    'margin: 0 0 1em; padding: .2em 0 .2em .9em; border-left: 4px solid #767676; line-height: 1.6; overflow: hidden',
};

const words = (text: string): string => escapeHtml(visibleLine(text));
const paragraph = (text: string): string => `<p>${words(text)}</p>`;

function factItem({ label, value }: Fact): string {
  const shown = Array.isArray(value)
    ? `<ul style="margin: 0; padding-left: 1.2em">${value.map((item) => `<li><bdi>${words(item)}</bdi></li>`).join('')}</ul>`
    : `<bdi>${words(value)}</bdi>`;
  return `<dt style="font-weight: bold">${words(label)}</dt><dd style="margin: 0 0 .6em">${shown}</dd>`;
}

/** Each line is isolated by itself: letters written right to left turn nothing outside their own line. */
function quote({ label, text }: { label: string; text: string }): string {
  const lines = inertLines(text).map((line) => `<bdi>${escapeHtml(line)}</bdi>`);
  return `<p style="margin: 0 0 .3em; font-weight: bold">${words(label)}</p>
<blockquote style="${styles.quote}">${lines.join('<br>')}</blockquote>`;
}
