/** Characters of a secret that are looked for together: too many to occur by chance. */
const fragmentLength = 16;

/** Beginning, middle and end: a secret that was cut or joined differently still shows one of them. */
function fragmentsOf(secret: string): string[] {
  const last = secret.length - fragmentLength;
  const starts = [...new Set([0, Math.floor(last / 2), last])].filter((start) => start >= 0);
  return starts.map((start) => secret.slice(start, start + fragmentLength));
}

/** The part of a text's base64 that does not depend on what stands around it, for each of the three alignments. */
function base64Of(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
    const whole = bytes.length - (bytes.length % 3);
    return bytes
      .subarray(0, whole)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4);
  });
}

/** How a secret can stand in a text: plain, URL-encoded, base64, base64url or hexadecimal. */
export function disguisesOf(secret: string): string[] {
  return fragmentsOf(secret).flatMap((fragment) => {
    const base64 = base64Of(fragment);
    const forms = [
      fragment,
      encodeURIComponent(fragment),
      ...base64,
      ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
      Buffer.from(fragment).toString('hex'),
    ];
    return [...new Set(forms)];
  });
}

/** A text with what JSON, mail and the shell may put between two characters taken out. */
function withoutEscapes(text: string): string {
  return text
    .replace(/\\+u00([0-9a-fA-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/=\r?\n/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/[\\\s]+/g, '');
}

/** Whether a text or file holds a secret in any of its disguises. */
export function holds(content: string | Uint8Array, disguises: readonly string[]): boolean {
  // One character for each byte, so that binary files can be searched as they are.
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
  const plain = withoutEscapes(text);
  return disguises.some((disguise) => text.includes(disguise) || plain.includes(disguise));
}
