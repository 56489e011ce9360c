import * as z from 'zod';

/**
 * Whether a text means itself everywhere. What deploys it would put something else in the place of `${…}`, `#{…}` (the CDK) and
 * `{{resolve:…}}` (CloudFormation), or fail in words that nobody understands.
 */
export const isLiteral = (text: string): boolean => !/[$#]\{|\{\{/.test(text);

/** What people read of a target, an entitlement or a parameter. */
export const titleSchema = z
  .string()
  .min(1)
  .max(100)
  .refine(isLiteral, 'must not contain ${, #{ or {{: a title is plain text');
