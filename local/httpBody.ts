import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problem.ts';

/** Reads a request's body; a longer one is refused with 413 without being read to its end. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (limitBytes: number): ProblemError =>
  new ProblemError({
    status: 413,
    code: 'body_too_large',
    detail: `The body is larger than ${limitBytes} bytes.`,
    // What is left of the body would be taken for the next request.
    headers: { connection: 'close' },
  });
