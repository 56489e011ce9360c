import type { Finding } from '#review/findings/finding.ts';
import type { Delivered } from '../deliverWorld.ts';
import type { World } from '../world.ts';

/** Something that somebody did wrong in a world in which all was right, and what a review has to say of it. */
export interface Fault {
  /** What somebody did, as a sentence. */
  name: string;
  /** Done before the trail was written; answers what has to be found. */
  plant?(world: World): Promise<Expected[]> | Expected[];
  /** Done to the files that the reviewer was given; `planted` is what `plant` answered. Answers what else has to be found. */
  alter?(delivered: Delivered, planted: readonly Expected[]): Promise<Expected[]>;
  /** Digest files have to be there for it to show. */
  digests?: boolean;
  /** The export of the request table has to be there for it to show. */
  table?: boolean;
  /** It takes away what others would be found by, so that it can only be planted by itself. */
  alone?: boolean;
}

/** A finding that is true of what was planted. */
export interface Expected {
  /** One of them has to say it. */
  rules: readonly string[];
  /** Request ids, event ids, ARNs or files: a finding is about it when it names one of them. */
  of: string[];
  /** True as well, but a review that does not say it has not missed the fault. */
  optional?: boolean;
}

export const must = (rule: string, ...of: string[]): Expected => ({ rules: [rule], of });

/** Where several rules would each be right to speak. */
export const anyOf = (rules: readonly string[], ...of: string[]): Expected => ({ rules, of });

/** What follows from a fault, and may be said beside it. */
export const may = (rule: string, ...of: string[]): Expected => ({ rules: [rule], of, optional: true });

/** Whether a finding says what was expected. */
export function says({ rule, subject, requestId, account, eventIds }: Finding, expected: Expected): boolean {
  if (!expected.rules.includes(rule)) return false;
  const named = [subject, requestId, account, ...eventIds];
  return expected.of.some((of) => named.some((name) => name === of || name?.includes(of)));
}
