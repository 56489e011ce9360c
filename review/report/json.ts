/** JSON whose text holds nothing invisible and nothing that moves a cursor; it reads back as the same value. */
export function visibleJson(value: unknown): string {
  const text = JSON.stringify(value);
  return plain.test(text) ? text : text.replace(unseen, escaped);
}

/** Nearly always; it is quicker to see. */
const plain = /^[ -~]*$/;

/** Of the characters that JSON leaves as they are: DEL and C1 controls, what turns or hides letters, and other line breaks. */
const unseen = /[\u007f-\u009f\u2028\u2029\ufff9-\ufffb\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu;

const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
