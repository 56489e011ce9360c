import { visibleLine } from '#domain/visibleText.ts';

/** No text of a log can hold a symbol: what has one was made here. */
const markup = Symbol('markup');

/** A piece of HTML that {@link html} made. */
export interface Html {
  readonly [markup]: string;
}

type Slot = Html | string | number | undefined | false | readonly Slot[];

/**
 * HTML from a template. Whatever is put into it is text, escaped for element content and for quoted attributes, with nothing
 * invisible in it; only what this made before stays HTML. Lists are joined; undefined and false are nothing. Text must not be
 * put into style elements or unquoted attributes.
 */
export function html(template: TemplateStringsArray, ...slots: Slot[]): Html {
  return { [markup]: String.raw({ raw: template }, ...slots.map(render)) };
}

/** The page's text, to be written to a file. */
export const textOf = (page: Html): string => page[markup];

/** A stylesheet of ours, as it stands. */
export const styleSheet = (css: string): Html => ({ [markup]: `<style>\n${css}</style>` });

function render(slot: Slot): string {
  if (slot === undefined || slot === false) return '';
  if (typeof slot === 'number') return String(slot);
  if (typeof slot === 'string') return escapeHtml(visibleLine(shortened(slot)));
  return isList(slot) ? slot.map(render).join('') : slot[markup];
}

const isList = (slot: Html | readonly Slot[]): slot is readonly Slot[] => Array.isArray(slot);

/** Longer than any policy or ARN: a page is for people. */
const longest = 8_000;
const shortened = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');
