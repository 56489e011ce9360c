import type { Session } from './sessions.ts';

export type ServiceName = 'dynamodb' | 'sts' | 'iam' | 'kms' | 'ses' | 'events' | 'states';

/** Parameters and results as they cross the wire: JSON, whatever the protocol. */
export type JsonObject = Record<string, unknown>;

/** An authenticated call: who makes it, from where, under which session. */
export interface AwsCall {
  service: ServiceName;
  operation: string;
  session: Session;
  region: string;
  sourceIp: string;
  userAgent: string;
  requestId: string;
  /** Milliseconds since the epoch, by the virtual clock. */
  time: number;
}

/** One thing IAM must allow before an operation runs. */
export interface Permission {
  /** `service:Action`, as policies name it. */
  action: string;
  /** ARN, or `*` for actions without resources. */
  resource: string;
  resourceAccount: string;
  /** Condition keys of this action, beside the global ones. */
  context?: Record<string, string | string[]>;
  /** Key policy or trust policy, where the resource has one. */
  resourcePolicy?: object;
}

export interface TrailResource {
  accountId: string;
  type: string;
  ARN: string;
}

/** What CloudTrail writes about a call beside who made it. */
export interface TrailDetails {
  readOnly: boolean;
  /** A data event (item access, mail, events put); management events are the rest. */
  dataEvent: boolean;
  requestParameters: JsonObject | null;
  resources?: TrailResource[];
  /** The account that owns the resource: it gets its own copy of an allowed call (AssumeRole only). */
  ownerAccount?: string;
}

export interface Outcome {
  /** The answer: an object to render in the service's protocol, or JSON text to pass on as it is. */
  output: JsonObject | string;
  status?: number;
  /** Set when the answer is a refusal that carries more than a code and a message. */
  error?: { code: string; message: string };
  responseElements?: JsonObject | null;
}

/** An operation whose parameters have been read and found well-formed. */
export interface PreparedCall {
  permissions: Permission[];
  trail: TrailDetails;
  run(): Outcome | Promise<Outcome>;
}

export type Operation = (parameters: unknown, call: AwsCall) => PreparedCall;

/** The operations of one service by their API names. */
export type Service = Readonly<Record<string, Operation>>;
