import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FunctionHostOptions, HostedFunction } from '#local/functionHost.ts';

/** A call of a function to AWS in the JSON protocol, and its answer, word for word. */
export interface TappedCall {
  functionName: string;
  operation: string;
  status: number;
  body: string;
  answer: string;
}

export interface CallTap {
  /** The same functions, their AWS calls led through the tap. */
  tapped(options: FunctionHostOptions): FunctionHostOptions;
  close(): void;
}

/** Stands between functions and the AWS endpoint, hands every call on as it is, and tells of those to DynamoDB. */
export async function startCallTap(onTableCall: (call: TappedCall) => void): Promise<CallTap> {
  const callers = new Map<string, string>();
  let awsUrl = '';
  const server = createServer(async (request, response) => {
    const exchange = await handOn(awsUrl, request, response);
    const [api, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const accessKeyId = /Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const functionName = callers.get(accessKeyId);
    if (functionName && api?.startsWith('DynamoDB')) onTableCall({ functionName, operation, ...exchange });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const known = (functionName: string, hosted: HostedFunction): HostedFunction => ({
    ...hosted,
    async credentials() {
      const credentials = await hosted.credentials();
      callers.set(credentials.accessKeyId, functionName);
      return credentials;
    },
  });
  return {
    tapped(options) {
      awsUrl = options.awsUrl;
      const functions = Object.entries(options.functions).map(([name, hosted]) => [
        name,
        known(name, hosted),
      ]);
      return { ...options, functions: Object.fromEntries(functions), awsUrl: `http://127.0.0.1:${port}` };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function handOn(awsUrl: string, request: IncomingMessage, response: ServerResponse) {
  const body = Buffer.concat(await request.toArray());
  // The `host` header as it came: the signature covers it.
  const { method = 'POST', url = '/', headers } = request;
  const forwarded = send(new URL(url, awsUrl), { method, headers });
  forwarded.end(body);
  const [answered] = (await once(forwarded, 'response')) as [IncomingMessage];
  const answer = Buffer.concat(await answered.toArray());
  const status = answered.statusCode ?? 502;
  response.writeHead(status, answered.headers).end(answer);
  return { status, body: body.toString(), answer: answer.toString() };
}
