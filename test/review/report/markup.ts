/** An element as it begins in a page. */
export interface Tag {
  name: string;
  attributes: Record<string, string>;
}

/**
 * The tags of a page that we wrote, and the words between them. Far stricter than a browser: throws at whatever begins with `<` and is
 * no plain tag with quoted attributes, so that nothing can hide in what a browser would forgive. Style elements are left out.
 */
export function readMarkup(page: string): { tags: Tag[]; words: string[] } {
  const withoutStyle = page.replace(/^<!doctype html>\n/, '').replace(/<style>[^<]*<\/style>/, '');
  const tag = /<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z][a-zA-Z0-9-]*="[^"<>]*")*)\/?>/y;
  const tags: Tag[] = [];
  const words: string[] = [];
  let place = 0;
  while (place < withoutStyle.length) {
    const next = withoutStyle.indexOf('<', place);
    const text = withoutStyle.slice(place, next < 0 ? undefined : next);
    if (text.includes('>') || /&(?!(amp|lt|gt|quot|#39);)/.test(text))
      throw new SyntaxError(`Not escaped: ${text}`);
    words.push(text);
    if (next < 0) break;
    tag.lastIndex = next;
    const [whole, closing, name = '', attributes = ''] = tag.exec(withoutStyle) ?? [];
    if (whole === undefined) throw new SyntaxError(`No tag of ours: ${withoutStyle.slice(next, next + 80)}`);
    if (closing === '') tags.push({ name, attributes: attributesOf(attributes) });
    place = next + whole.length;
  }
  return { tags, words };
}

const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/ ([a-zA-Z0-9-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
