import * as z from 'zod';
import { type RequestDetail, requestDetailSchema } from './requestDetail.ts';

const problemSchema = z.object({ code: z.string(), detail: z.string() });

/** The API said no; `message` is the problem document's detail, written for the person. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: string;
  readonly status: number;

  constructor(status: number, { code, detail }: z.infer<typeof problemSchema>) {
    super(detail);
    this.code = code;
    this.status = status;
  }
}

/** What a person can do to a request, each with its body. */
export type Command =
  | {
      path: 'decision';
      body: { decision: 'approve' | 'deny'; token?: string; comment?: string; duration?: string };
    }
  | { path: 'revoke'; body: { reason: string } }
  | { path: 'review'; body: { verdict: 'justified' | 'unjustified'; comment: string } };

/** The API as one signed-in person may use it. Both reject with RefusedError, or with TypeError when nothing answers. */
export interface RequestApi {
  load(requestId: string): Promise<RequestDetail>;
  send(requestId: string, command: Command): Promise<void>;
}

export function requestApi(bearerToken: string): RequestApi {
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { authorization: `Bearer ${bearerToken}`, 'content-type': 'application/json' };
    const response = await fetch(path, { ...init, headers, cache: 'no-store', credentials: 'omit' });
    if (!response.ok) throw await refusalOf(response);
    return response;
  };
  return {
    load: async (requestId) =>
      requestDetailSchema.parse(await (await call(`v1/requests/${requestId}`)).json()),
    send: async (requestId, { path, body }) => {
      await call(`v1/requests/${requestId}/${path}`, { method: 'POST', body: JSON.stringify(body) });
    },
  };
}

async function refusalOf(response: Response): Promise<RefusedError> {
  const body: unknown = await response.json().catch(() => undefined);
  const problem = problemSchema.safeParse(body);
  const unknown = {
    code: 'internal',
    detail: `The service answered with an error (${response.status}). Try again in a moment.`,
  };
  return new RefusedError(response.status, problem.success ? problem.data : unknown);
}
