import type * as z from 'zod';

/** What is wrong with a value first of all, without the value itself: it is a stranger's. */
export function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (!issue) return 'its shape is another';
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
