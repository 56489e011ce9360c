import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problem.ts';

/** Reads a request's body; a longer one is refused with 413 without being read to its end. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  // Not `for await`: leaving it early would destroy the connection and the refusal with it.
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limitBytes) return void chunks.push(chunk);
    request.pause();
    reject(tooLarge(limitBytes));
  });
  request.once('end', () => resolve(Buffer.concat(chunks)));
  request.once('error', reject);
  request.once('close', () => reject(new Error('The connection ended within the body.')));
  return promise;
}

const tooLarge = (limitBytes: number): ProblemError =>
  new ProblemError({
    status: 413,
    code: 'body_too_large',
    detail: `The body is larger than ${limitBytes} bytes.`,
    // What is left of the body would be taken for the next request.
    headers: { connection: 'close' },
  });
