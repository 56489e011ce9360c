import type { JsonObject } from './call.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? '');

function element(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value))
    return `<${name}>${value.map((entry) => element('member', entry)).join('')}</${name}>`;
  if (value instanceof Date) return `<${name}>${value.toISOString().slice(0, 19)}Z</${name}>`;
  if (typeof value === 'object') {
    const children = Object.entries(value).map(([key, child]) => element(key, child));
    return `<${name}>${children.join('')}</${name}>`;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** An answer of the Query protocol: arrays become `member` lists, dates UTC seconds. */
export function toXml(root: string, namespace: string, content: JsonObject): string {
  const children = Object.entries(content).map(([name, value]) => element(name, value));
  return `<${root} xmlns="${namespace}">${children.join('')}</${root}>`;
}
