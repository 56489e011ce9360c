/**
 * Reading of records that may have any shape: what is not of the expected kind counts as absent. Written by hand because a
 * schema for each of millions of records would take longer than all the rest.
 */

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields | undefined => (isFields(value) ? value : undefined);

/** CloudTrail's own values are far shorter; whatever is longer was written by somebody else. */
const longestText = 2048;

/** How STS's session tokens begin, and more of them than any name of AWS's has without a break. */
const sessionToken = /(?:IQoJ|FwoG|FQoG)[\w+/=]{100,}/g;

/** A text with something in it, cut where it is absurdly long and without session tokens. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const text = value.toWellFormed();
  return text.length <= 100
    ? text
    : text.slice(0, longestText).toWellFormed().replaceAll(sessionToken, 'HIDDEN');
}
