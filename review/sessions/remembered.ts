/** The same function, that works its answer out once for each object, which must stay as it is; both are forgotten together. */
export function rememberedOf<Subject extends object, Answer>(
  answer: (subject: Subject) => Answer,
): (subject: Subject) => Answer {
  const answers = new WeakMap<Subject, { answer: Answer }>();
  return (subject) => {
    let known = answers.get(subject);
    if (!known) {
      known = { answer: answer(subject) };
      answers.set(subject, known);
    }
    return known.answer;
  };
}

/** The same function, that works its answer out once for each key. */
export function remembered<Answer>(answer: (key: string) => Answer): (key: string) => Answer {
  const answers = new Map<string, { answer: Answer }>();
  return (key) => {
    let known = answers.get(key);
    if (!known) {
      known = { answer: answer(key) };
      answers.set(key, known);
    }
    return known.answer;
  };
}
