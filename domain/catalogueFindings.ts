import { approverReach } from './approverReach.ts';
import type { Catalogue } from './catalogue.ts';
import type { CatalogueFinding } from './catalogueFinding.ts';
import { policyRisks } from './policyRisks.ts';

/** All that a deploy would let through and that nobody should overlook. */
export const catalogueFindings = (catalogue: Catalogue): CatalogueFinding[] =>
  [...catalogue.entries.values()].flatMap((entry) => [
    ...approverReach(catalogue, entry),
    ...policyRisks(entry),
  ]);
