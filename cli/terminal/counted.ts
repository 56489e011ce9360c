export const number = (value: number): string => value.toLocaleString('en');

/** `1 file`, `2 files` */
export const counted = (count: number, word: string): string =>
  `${number(count)} ${word}${count === 1 ? '' : 's'}`;
