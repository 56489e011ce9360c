import { readFileSync } from 'node:fs';
import type { Resources } from './installation.ts';

/** The workflow as it is written, with `${…}` where the installation's own names belong. */
export const grantWorkflowText = readFileSync(new URL('grantWorkflow.asl.json', import.meta.url), 'utf8');

/** What goes where in `grantWorkflow.asl.json`. */
export const grantWorkflowNames = ({ functionArn, table }: Resources): Record<string, string> => ({
  NotifyApproversArn: functionArn('notifyApprovers'),
  IssueSessionArn: functionArn('issueSession'),
  EndGrantArn: functionArn('endGrant'),
  TableName: table,
});
