import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod';
import { RefusalError, refuse } from '#domain/errors.ts';
import type { Identity } from '#domain/identity.ts';
import { type Instant, instantOf } from '#domain/instant.ts';
import { requestIdSchema } from '#domain/terms.ts';
import { parseBody, parseQuery } from './parse.ts';
import { problems } from './problem.ts';
import type { SignIn } from './signIn.ts';

/** A call of a route by somebody who is signed in, its parts parsed. */
export interface ApiCall<Body = undefined, Query = undefined> {
  who: Identity;
  /** The request id in the path; empty on routes without one. */
  id: string;
  body: Body;
  query: Query;
  idempotencyKey: string | undefined;
  sourceIp: string;
  now: Instant;
}

export interface ApiRoute<Services> {
  /** Method and API Gateway resource path. */
  route: string;
  answer: (event: APIGatewayProxyEvent, who: Identity, services: Services) => Promise<APIGatewayProxyResult>;
}

interface RouteDefinition<Services, Body extends z.ZodType, Query extends z.ZodType> {
  route: string;
  body?: Body;
  query?: Query;
  status?: number;
  run: (call: ApiCall<z.output<Body>, z.output<Query>>, services: Services) => Promise<object>;
}

/** A route: what it takes, and the function that answers. Its body and query are parsed before it runs. */
export function route<
  Services,
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<Services, Body, Query>): ApiRoute<Services> {
  return {
    route: definition.route,
    answer: async (event, who, services) => {
      const call = {
        who,
        id: pathId(event),
        body: parseBody(definition.body, event),
        query: parseQuery(definition.query, event),
        idempotencyKey: header(event, 'idempotency-key'),
        sourceIp: event.requestContext.identity.sourceIp,
        now: instantOf(new Date()),
      };
      return json(definition.status ?? 200, await definition.run(call, services));
    },
  };
}

/** The handler of an API function. Services are built on cold start; every call verifies its own bearer token. */
export function apiHandler<Services extends { signIn: SignIn }>(
  routes: ApiRoute<Services>[],
  buildServices: () => Services,
) {
  const services = buildServices();
  const byRoute = new Map(routes.map((candidate) => [candidate.route, candidate]));
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(problems())
    .handler(async (event) => {
      // A HEAD is answered like its GET; the gateway keeps the body back.
      const method = event.httpMethod === 'HEAD' ? 'GET' : event.httpMethod;
      const found = byRoute.get(`${method} ${event.resource}`);
      if (!found) throw new RefusalError(refuse('not_found', 'There is nothing here.'));
      const who = await services.signIn(header(event, 'authorization'));
      return found.answer(event, who, services);
    });
}

/** Header names are case-insensitive; API Gateway hands them on as the client wrote them. */
export function header(event: Pick<APIGatewayProxyEvent, 'headers'>, name: string): string | undefined {
  const entry = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return entry?.[1];
}

/** An id that cannot be one answers like one that is not there. */
function pathId(event: APIGatewayProxyEvent): string {
  const id = event.pathParameters?.id;
  if (id === undefined) return '';
  const parsed = requestIdSchema.safeParse(id);
  if (!parsed.success) throw new RefusalError(refuse('not_found', 'There is no such request.'));
  return parsed.data;
}

const json = (statusCode: number, value: object): APIGatewayProxyResult => ({
  statusCode,
  headers: {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  },
  body: JSON.stringify(value),
});
