import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseArn } from '../arn.ts';
import { AwsError } from '../awsError.ts';
import type { AwsCall, Permission, PreparedCall, Service } from '../call.ts';

const entrySchema = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  Time: z.number().optional(),
  TraceHeader: z.string().optional(),
});
const putEventsSchema = z.object({ Entries: z.array(entrySchema).min(1).max(10) });

/** EventBridge's limit on the entries of one call together, in bytes. */
const maxRequestBytes = 1_048_576;

type Entry = z.infer<typeof entrySchema>;

/** An event on a bus, as put or as an AWS service sent it. */
export interface DeliveredEvent {
  account: string;
  EventId: string;
  Source: string;
  DetailType: string;
  /** JSON text. */
  Detail: string;
  EventBusName: string;
  Resources: string[];
  /** ISO 8601, UTC. */
  Time: string;
}

/** EventBridge: PutEvents. Each entry stands for itself, as on AWS: one malformed entry does not stop the others. */
export function createEvents(deliver: (event: DeliveredEvent) => void): Service {
  return {
    PutEvents(parameters, call): PreparedCall {
      const parsed = putEventsSchema.safeParse(parameters);
      if (!parsed.success)
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: ${parsed.error.issues[0]?.message ?? ''}`,
        );
      const entries = parsed.data.Entries;
      if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > maxRequestBytes)
        throw new AwsError(
          'ValidationException',
          'Total size of the entries in the request is over the limit.',
        );
      return {
        permissions: busPermissions(entries, call),
        trail: {
          readOnly: false,
          dataEvent: true,
          requestParameters: {
            entries: entries.map(({ Source, DetailType, EventBusName }) => ({
              source: Source,
              detailType: DetailType,
              eventBusName: EventBusName,
              detail: 'HIDDEN_DUE_TO_SECURITY_REASONS',
            })),
          },
        },
        run: () => put(entries, call, deliver),
      };
    },
  };
}

const entryBytes = (entry: Entry): number =>
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    entry.Time === undefined ? 0 : 14,
  );

function busArn(name: string | undefined, call: AwsCall): string {
  if (name === undefined) return busArn('default', call);
  if (parseArn(name)?.service === 'events') return name;
  if (!/^[/.\-_A-Za-z0-9]{1,256}$/.test(name))
    throw new AwsError(
      'ValidationException',
      `Value '${name}' at 'eventBusName' failed to satisfy constraint.`,
    );
  return `arn:aws:events:${call.region}:${call.session.account}:event-bus/${name}`;
}

function busPermissions(entries: Entry[], call: AwsCall): Permission[] {
  const buses = Map.groupBy(entries, (entry) => busArn(entry.EventBusName, call));
  const texts = (values: (string | undefined)[]) => [
    ...new Set(values.filter((value) => value !== undefined)),
  ];
  return [...buses].map(([arn, put]) => ({
    action: 'events:PutEvents',
    resource: arn,
    resourceAccount: parseArn(arn)?.account ?? '',
    context: {
      'events:source': texts(put.map((entry) => entry.Source)),
      'events:detail-type': texts(put.map((entry) => entry.DetailType)),
    },
  }));
}

function put(entries: Entry[], call: AwsCall, deliver: (event: DeliveredEvent) => void) {
  const results = entries.map((entry) => {
    const fault = entryFault(entry);
    if (fault !== undefined) return fault;
    const EventId = randomUUID();
    deliver({
      account: call.session.account,
      EventId,
      Source: entry.Source ?? '',
      DetailType: entry.DetailType ?? '',
      Detail: entry.Detail ?? '',
      EventBusName: busArn(entry.EventBusName, call),
      Resources: entry.Resources ?? [],
      Time: new Date(entry.Time === undefined ? call.time : entry.Time * 1000).toISOString(),
    });
    return { EventId };
  });
  const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
  return {
    output: { FailedEntryCount, Entries: results },
    responseElements: {
      failedEntryCount: FailedEntryCount,
      entries: results.map((result) =>
        'EventId' in result ? { eventId: result.EventId } : { errorCode: result.ErrorCode },
      ),
    },
  };
}

function entryFault(entry: Entry): { ErrorCode: string; ErrorMessage: string } | undefined {
  const invalid = (ErrorMessage: string) => ({ ErrorCode: 'InvalidArgument', ErrorMessage });
  if (!entry.Source) return invalid('Parameter Source is not valid. Reason: Source is a required argument.');
  if (!entry.DetailType)
    return invalid('Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  if (!entry.Detail) return invalid('Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (entry.Source.startsWith('aws.'))
    return {
      ErrorCode: 'NotAuthorizedForSource',
      ErrorMessage: `Not authorized for the source ${entry.Source}.`,
    };
  return isJsonObject(entry.Detail)
    ? undefined
    : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
