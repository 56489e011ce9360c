/** Numbers for tuples of texts, from 0 in the order in which they were first seen. */
export class TupleIndex {
  readonly tuples: Tuple[] = [];
  readonly #byFirst = new Map<string, Siblings>();

  /** Fast where tuples with the same first text mostly are the same: it is asked once or twice for each of millions of events. */
  numberOf(first: string, second: string, third: string): number {
    let siblings = this.#byFirst.get(first);
    if (siblings?.second === second && siblings.third === third) return siblings.number;
    if (!siblings) {
      siblings = { second, third, number: -1, all: new Map() };
      this.#byFirst.set(first, siblings);
    }
    return this.#numberAmong(siblings, [first, second, third]);
  }

  #numberAmong(siblings: Siblings, tuple: Tuple): number {
    const [, second, third] = tuple;
    const bySecond = siblings.all.get(second) ?? new Map<string, number>();
    const number = bySecond.get(third) ?? this.tuples.push(tuple) - 1;
    siblings.all.set(second, bySecond.set(third, number));
    siblings.second = second;
    siblings.third = third;
    siblings.number = number;
    return number;
  }
}

export type Tuple = readonly [first: string, second: string, third: string];

/** The tuples with the same first text: the one that was asked for last, and all by second and third. */
interface Siblings {
  second: string;
  third: string;
  number: number;
  all: Map<string, Map<string, number>>;
}
