import * as z from 'zod';

/** UTC, RFC 3339. */
export const instant = z.string();
export const count = z.number().int().nonnegative();
export const text = z.string();
/** Null where it is not known. */
export const known = <Value extends z.ZodType>(value: Value) => value.nullish().default(null);
