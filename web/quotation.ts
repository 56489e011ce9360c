import { visibleLine, visibleLines } from '#domain/visibleText.ts';
import { element } from './element.ts';

/** Isolated from its surroundings and without anything invisible, so that it can neither reorder nor hide a thing. */
export const shown = (text: string): Node => element('bdi', {}, visibleLine(text));

/** Another person's words, line by line, set apart. */
export function quotation(text: string): Node {
  const lines = visibleLines(text).flatMap((line, index) => [
    ...(index > 0 ? [element('br')] : []),
    element('bdi', {}, line),
  ]);
  return element('blockquote', {}, ...lines);
}
