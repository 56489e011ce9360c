import { randomUUID } from 'node:crypto';
import type { Authoriser } from './authorisation.ts';
import { AwsError } from './awsError.ts';
import type { AwsCall, Outcome, Service, ServiceName, TrailDetails } from './call.ts';
import type { Session, Sessions } from './sessions.ts';
import { authenticate, type ReceivedRequest, readClaims } from './sigV4.ts';
import type { Trail } from './trail.ts';
import { recordsOf } from './trailRecord.ts';
import { readWireRequest, type WireRequest, type WireResponse, writeError, writeResult } from './wire.ts';

export interface DispatcherOptions {
  region: string;
  now: () => number;
  sessions: Sessions;
  authoriser: Authoriser;
  services: Readonly<Record<ServiceName, Service>>;
  trail: Trail;
  onAnswered: (answered: AnsweredCall) => void;
}

/** One call as it was answered, for counting. */
export interface AnsweredCall {
  service: ServiceName;
  operation: string;
  /** Undefined when nobody was authenticated. */
  session: Session | undefined;
  /** Milliseconds since the epoch, by the virtual clock. */
  time: number;
  errorCode?: string;
}

/** Answers one request: authenticated, authorised, carried out and recorded, in this order. */
export async function dispatch(
  request: ReceivedRequest,
  sourceIp: string,
  options: DispatcherOptions,
): Promise<WireResponse> {
  const requestId = randomUUID();
  const wire = readWireRequest(request);
  if (wire === undefined)
    return writeError(
      'sts',
      new AwsError('InvalidAction', 'This endpoint does not play the service asked for.'),
      requestId,
    );
  const time = options.now();
  const { service, operation } = wire;
  try {
    const session = await whoCalls(request, wire, time, options);
    const call: AwsCall = {
      service,
      operation,
      session,
      region: options.region,
      sourceIp,
      userAgent: request.headers['user-agent'] ?? '',
      requestId,
      time,
    };
    return await answer(call, wire, options);
  } catch (error) {
    const known = asAwsError(error);
    options.onAnswered({ service, operation, session: undefined, time, errorCode: known.code });
    return writeError(service, known, requestId);
  }
}

async function whoCalls(
  request: ReceivedRequest,
  wire: WireRequest,
  now: number,
  { sessions, region }: DispatcherOptions,
): Promise<Session> {
  const claims = readClaims(request.headers);
  if (claims !== undefined && claims.service !== wire.service)
    throw new AwsError(
      'SignatureDoesNotMatch',
      `Credential should be scoped to correct service: '${wire.service}'.`,
      403,
    );
  return authenticate({ request, claims, region, sessions, now });
}

async function answer(call: AwsCall, wire: WireRequest, options: DispatcherOptions): Promise<WireResponse> {
  const { service, operation, requestId } = call;
  // What is known of a call that was refused before its parameters were read.
  let trail: TrailDetails = { readOnly: true, dataEvent: false, requestParameters: null };
  const finish = (result: Pick<Outcome, 'responseElements' | 'error'>) => {
    const { responseElements = null, error } = result;
    for (const record of recordsOf(call, { trail, responseElements, ...(error && { error }) }))
      options.trail.record(record);
    options.onAnswered({
      service,
      operation,
      session: call.session,
      time: call.time,
      ...(error && { errorCode: error.code }),
    });
  };
  try {
    const { [service]: operations } = options.services;
    const prepare = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (prepare === undefined)
      throw new AwsError('InvalidAction', `Could not find operation ${operation} of ${service}.`);
    const prepared = prepare(wire.parameters, call);
    trail = prepared.trail;
    for (const permission of prepared.permissions) await options.authoriser.authorise(call, permission);
    const outcome = await prepared.run();
    finish(outcome);
    const { output, status } = outcome;
    return writeResult({ service, operation, output, requestId, ...(status !== undefined && { status }) });
  } catch (error) {
    const known = asAwsError(error);
    finish({ error: { code: known.code, message: known.message } });
    return writeError(service, known, requestId);
  }
}

/** Anything that is not a refusal is a fault of this endpoint: answered as AWS answers its own, and shown. */
function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  process.emitWarning(
    `AWS endpoint: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return new AwsError(
    'InternalFailure',
    'The request processing has failed because of an unknown error.',
    500,
  );
}
