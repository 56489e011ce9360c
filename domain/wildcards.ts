/**
 * Whether a pattern of IAM (`*` any text, `?` one character) covers all that a narrower one does: a text without wildcards, or
 * another pattern. A `*` of the narrower one is covered by a `*` only.
 */
export function covers(pattern: string, narrower: string): boolean {
  let [at, from] = [0, 0];
  /** The last `*` of the pattern, and where what it stands for ends so far. */
  let [star, end] = [-1, 0];
  while (from < narrower.length) {
    const wanted = pattern[at];
    if (wanted === '*') [star, end] = [at++, from];
    else if (wanted === narrower[from] || (wanted === '?' && narrower[from] !== '*'))
      [at, from] = [at + 1, from + 1];
    else if (star < 0) return false;
    else [at, from] = [star + 1, ++end];
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** Whether there is a text that both patterns match. */
export function meet(one: string, other: string): boolean {
  /** For the rest of `one` from where the loop is, and for the one before: 1 for each rest of `other` that it meets. */
  let now = new Uint8Array(other.length + 2);
  let before = new Uint8Array(other.length + 2);
  for (let at = one.length; at >= 0; at -= 1) {
    [now, before] = [before, now];
    const wanted = one[at];
    for (let from = other.length; from >= 0; from -= 1) {
      const given = other[from];
      if (wanted === undefined && given === undefined) now[from] = 1;
      else if (wanted === '*' || given === '*') now[from] = before[from] || now[from + 1] || 0;
      else if (wanted === given || wanted === '?' || given === '?') now[from] = before[from + 1] ?? 0;
      else now[from] = 0;
    }
  }
  return now[0] === 1;
}

/** Names of actions have no letter case. */
export const coversAction = (pattern: string, action: string): boolean =>
  covers(pattern.toLowerCase(), action.toLowerCase());

export const actionsMeet = (one: string, other: string): boolean =>
  meet(one.toLowerCase(), other.toLowerCase());

/**
 * ARNs are compared part by part: no wildcard reaches over a colon but in the last.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const coversResource = (pattern: string, resource: string): boolean =>
  pattern === '*' || everyPart(pattern, resource, covers);

export const resourcesMeet = (one: string, other: string): boolean =>
  one === '*' || other === '*' || everyPart(one, other, meet);

function everyPart(one: string, other: string, holds: (one: string, other: string) => boolean): boolean {
  const [parts, others] = [arnParts(one), arnParts(other)];
  return (
    parts !== undefined &&
    others !== undefined &&
    parts.every((part, index) => holds(part, others[index] ?? ''))
  );
}

/** The six parts of an ARN; only the last has colons. */
const arnParts = (arn: string): string[] | undefined =>
  /^(arn):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(arn)?.slice(1);

export const hasWildcard = (text: string): boolean => /[*?]/.test(text);
