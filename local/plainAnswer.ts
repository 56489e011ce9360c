import type { ServerResponse } from 'node:http';

/** An answer that the local server gives itself. */
export interface PlainAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function jsonAnswer(body: unknown, status = 200): PlainAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

/** Sends an answer of the local server itself. */
export function sendPlainAnswer(response: ServerResponse, answer: PlainAnswer, headOnly = false): void {
  if (response.headersSent) return void response.destroy();
  response.statusCode = answer.status;
  response.setHeaders(new Map(Object.entries(answer.headers)));
  endAnswer(response, Buffer.from(answer.body), headOnly);
}

/** Ends an answer; without its body for HEAD and for a status that has none. */
export function endAnswer(response: ServerResponse, body: Buffer, headOnly: boolean): void {
  const bodyless = response.statusCode === 204 || response.statusCode === 304 || response.statusCode < 200;
  if (!bodyless) response.setHeader('content-length', body.length);
  if (bodyless || headOnly) response.end();
  else response.end(body);
}
