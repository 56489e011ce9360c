import { visibleLine } from '#domain/visibleText.ts';
import { whyUnproven } from './integrity/whyUnproven.ts';
import type { Review } from './review.ts';

/** What a review comes to. That nothing was found is good news only where everything was looked at. */
export interface Verdict {
  /** `faults`: something worse than info was found. `unchecked`: nothing was, but not everything could be checked. */
  outcome: 'faults' | 'unchecked' | 'clean';
  /** What could not be checked, and why, such as `integrity (no digests were given)`. */
  notChecked: string[];
}

type Found = Pick<Review, 'findings' | 'integrity' | 'grants' | 'period'>;

export function verdictOf(review: Found): Verdict {
  const notChecked = [...unprovenLogs(review), ...unjudgedApprovals(review), ...nobodysRequests(review)];
  if (review.findings.some(({ severity }) => severity !== 'info')) return { outcome: 'faults', notChecked };
  return { outcome: notChecked.length > 0 ? 'unchecked' : 'clean', notChecked };
}

function unprovenLogs({ integrity }: Found): string[] {
  const { verdict } = integrity;
  if (verdict === 'none') return ['integrity (no digests were given)'];
  const nothing = whyUnproven(integrity);
  if (nothing !== undefined) return [`the integrity of any log file (${nothing})`];
  return verdict === 'partly' ? ['the integrity of all log files (digests prove a part of them)'] : [];
}

/** As `catalogue-unknown` tells it. */
function unjudgedApprovals({ findings }: Found): string[] {
  const digests = findings.filter(({ rule }) => rule === 'catalogue-unknown').map(({ subject }) => subject);
  const [digest] = digests;
  if (digest === undefined) return [];
  const which =
    digests.length === 1
      ? `catalogue ${visibleLine(digest).slice(0, 8)}… not given`
      : `${digests.length} catalogues not given`;
  return [`approvals (${which})`];
}

function nobodysRequests({ grants, period: { from, to } }: Found): string[] {
  if (grants.length > 0) return [];
  return [
    from === undefined && to === undefined
      ? 'any grant (these logs hold no request of Countersign)'
      : 'any grant (no request of Countersign reaches into the period)',
  ];
}
