import type { Review } from '../review.ts';
import { visibleJson } from './json.ts';
import { apiActivity } from './ocsfApiActivity.ts';
import { authentication, refusedAuthentication } from './ocsfAuthentication.ts';
import { detectionFinding } from './ocsfFinding.ts';

/**
 * ocsf.ndjson for a SIEM: one event of the Open Cybersecurity Schema Framework a line. Authentication (3002) for calls that issued
 * credentials or were refused them, API Activity (6003) for each call of a grant's sessions, Detection Finding (2004) for findings.
 */
export function* ocsfLines(review: Review): Generator<string> {
  for (const event of ocsfEvents(review)) yield `${lineOf(event)}\n`;
}

/** The most characters that OCSF lets a text have (`string_t`). */
const longestText = 65_535;

/** Logs that somebody made up can hold longer texts. */
function lineOf(event: object): string {
  const line = visibleJson(event);
  if (line.length <= longestText) return line;
  return visibleJson(
    JSON.parse(line, (_name, value) => (typeof value === 'string' ? value.slice(0, longestText) : value)),
  );
}

function* ocsfEvents(review: Review): Generator<object> {
  for (const issuance of review.issuances.ok) yield authentication(issuance, review.tool);
  for (const refused of review.issuances.failed) yield refusedAuthentication(refused, review.tool);
  for (const grant of review.grants)
    for (const { activity } of grant.sessions)
      for (const session of activity)
        for (const call of session.each) yield apiActivity({ grant, session, call, tool: review.tool });
  for (const finding of review.findings) yield detectionFinding(finding, review);
}
