/** How a pattern of the catalogue is meant: it matches a text as a whole or not at all. */
export const wholeMatch = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u');
