import { visibleJson } from './json.ts';
import type { ReviewDocument } from './reviewDocument.ts';

/** The same fields, but a list may be made one item at a time. */
export type StreamedDocument = {
  [Name in keyof ReviewDocument]: ReviewDocument[Name] extends (infer Item)[]
    ? Iterable<Item>
    : ReviewDocument[Name];
};

/** review.json: one field a line, one item of a list a line, so that no text is longer than one item and changes can be compared. */
export function* reviewJson(document: StreamedDocument): Generator<string> {
  let before = '{\n';
  for (const [name, value] of Object.entries(document)) {
    yield `${before}${JSON.stringify(name)}: `;
    if (isStream(value)) yield* list(value);
    else yield visibleJson(value);
    before = ',\n';
  }
  yield '\n}\n';
}

function* list(items: Iterable<unknown>): Generator<string> {
  let before = '[\n';
  for (const item of items) {
    yield `${before}${visibleJson(item)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]' : '\n]';
}

const isStream = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;
