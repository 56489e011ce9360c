import { readFile } from 'node:fs/promises';
import { type Document, isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { ConfigurationError } from './configurationError.ts';

/** Where something stands in a file: keys and indexes from the top. */
export type Path = readonly PropertyKey[];

/** A YAML file, and where in it things stand. */
export interface YamlFile {
  /** As whoever started this named it. */
  name: string;
  value: unknown;
  /** The line of a key or entry; where there is none, of the nearest above it. */
  lineOf(path: Path): number;
}

/** Reads a YAML file. Throws a `ConfigurationError` when there is none, or when it is not YAML. */
export async function readYaml(name: string, advice?: string): Promise<YamlFile> {
  const lines = new LineCounter();
  const document = parseDocument(await textOf(name, advice), { lineCounter: lines, prettyErrors: false });
  // A tag that nobody knows is only a warning, but what it says would be lost.
  // What follows the first error is mostly its echo.
  const faults = [...document.errors.slice(0, 1), ...document.warnings].map(({ pos, message }) => ({
    file: name,
    line: lines.linePos(pos[0]).line,
    text: sentence(message),
  }));
  if (faults.length > 0) throw new ConfigurationError(faults, advice);
  if (document.contents === null) throw new ConfigurationError([`${name} is empty.`], advice);
  return {
    name,
    value: valueIn(document, name),
    lineOf: (path) => lines.linePos(offsetOf(document, path)).line,
  };
}

async function textOf(name: string, advice?: string): Promise<string> {
  try {
    return await readFile(name, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new ConfigurationError([`${name} ${missing ? 'does not exist' : 'cannot be read'}.`], advice);
  }
}

/** Throws for an alias that names nothing, and for aliases of aliases that would fill the memory. */
function valueIn(document: Document.Parsed, name: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (error instanceof ReferenceError)
      throw new ConfigurationError([{ file: name, text: sentence(error.message) }]);
    throw error;
  }
}

const sentence = (message: string): string => (message.endsWith('.') ? message : `${message}.`);

/** Follows the path down as far as it goes: to the key in a mapping, to the entry in a list. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    const next = stepInto(node, step);
    if (!next) break;
    offset = next.at.range?.[0] ?? offset;
    node = next.value;
  }
  return offset;
}

function stepInto(
  node: unknown,
  step: PropertyKey,
): { at: Node; value: Node | null | undefined } | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find(({ key }) => String(key) === String(step));
    return pair && { at: pair.key, value: pair.value };
  }
  const entry = isSeq<Node>(node) ? node.items[Number(step)] : undefined;
  return entry && { at: entry, value: entry };
}
