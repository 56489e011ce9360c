/** Bytes, once unpacked. A page of the longest requests has about 2 MB. */
export const longestAnswer = 5_000_000;

/** An answer's text; undefined where it is longer than that: what is small on the wire may unpack to more than the memory holds. */
export async function boundedText(response: Response, limit = longestAnswer): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let [text, length] = ['', 0];
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    length += part.value.length;
    if (length > limit) {
      await reader?.cancel();
      return undefined;
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
