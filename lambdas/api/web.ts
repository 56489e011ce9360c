import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { readConfig } from '../runtime/config.ts';
import { problem } from '../runtime/problem.ts';

const { webClient, webRoot } = readConfig('webClient', 'webRoot');

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
};

/** Read on cold start: only what was deployed can be answered, whatever the path says. */
const files = new Map(
  readdirSync(webRoot, { withFileTypes: true })
    .filter((file) => file.isFile() && extname(file.name) in contentTypes)
    .map(({ name }) => [name, readFileSync(join(webRoot, name), 'utf8')]),
).set('config.json', JSON.stringify(webClient));

const pages: Record<string, string> = {
  '/': 'index.html',
  '/approve': 'approve.html',
  '/v1/openapi.json': 'openapi.json',
};

/** Called by API Gateway: the static pages and the API's description. It has no rights and reads nothing but its files. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const name = pages[event.resource] ?? event.pathParameters?.proxy ?? '';
  const body = files.get(name);
  if (body === undefined) return problem(404, 'not_found', 'There is nothing here.');
  const page = name.endsWith('.html');
  return {
    statusCode: 200,
    headers: {
      'Content-Type': contentTypes[extname(name)] ?? 'text/plain; charset=utf-8',
      'Cache-Control': page ? 'no-store' : 'no-cache',
      ...hardening,
    },
    body,
  };
}

/** Nothing inline, nothing from elsewhere, no framing, no referrer: the approval link's fragment stays on the page. */
const hardening = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", new URL(webClient.issuer).origin, ...webClient.origins].join(' ')}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Robots-Tag': 'noindex',
};
