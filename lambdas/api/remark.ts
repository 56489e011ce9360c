import * as z from 'zod';
import { visibleLine } from '#domain/visibleText.ts';

/** What a person writes beside a decision: one line of plain text, at most 500 characters. */
export const remarkSchema = z
  .string()
  .max(500)
  .transform((text) => text.trim())
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'has line breaks or control characters')
  .refine((text) => text === '' || visibleLine(text) !== '', 'has nothing that can be seen');
