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
