import { functions } from '#infra/functions.ts';
import type { Resource, Template } from '../test/support/stacks.ts';
import type { MeteredService } from './meteredService.ts';
import { assumed, type Usage } from './usage.ts';

/**
 * What a month uses in which nobody asks for anything: what stands there, `reconcile`, which looks every minute, and
 * the heartbeat of the watch, which comes by its bus and its queue.
 */
export async function measureIdleMonth(metered: MeteredService, templates: Template[]): Promise<Usage> {
  const { reads, logBytes } = await idleMinute(metered);
  const minutes = assumed.hoursPerMonth * 60;
  const { memoryMegabytes } = functions.reconcile;
  const resources = templates.flatMap(({ Resources }) => Object.values(Resources));
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  const files = ofType('AWS::CloudTrail::Trail').length * assumed.hoursPerMonth * assumed.trailFilesPerHour;
  return {
    keyMonth: ofType('AWS::KMS::Key').length,
    alarmMonth: ofType('AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + watchedMetrics(alarm), 0),
    dashboardMonth: ofType('AWS::CloudWatch::Dashboard').length,
    functionRun: 2 * minutes,
    functionGbSecond: (2 * minutes * memoryMegabytes * assumed.warmMilliseconds) / 1_024_000,
    event: minutes,
    tableReadUnit: minutes * reads,
    keyRequestByServices: minutes / assumed.keyMinutes,
    // A message is sent, received and deleted.
    queueRequest:
      3 * minutes +
      ofType('AWS::Lambda::EventSourceMapping').length * assumed.hoursPerMonth * assumed.queueRequestsPerHour,
    archiveWrite: files,
    // Each file that is written to the archive is one.
    dataEvent: files,
    logGb: (minutes * logBytes) / 1e9,
  };
}

/** An alarm costs by the metrics that it watches, one or an expression over several. */
function watchedMetrics({ Properties }: Resource): number {
  const metrics: { MetricStat?: unknown }[] = Properties.Metrics ?? [{ MetricStat: Properties }];
  return metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
}

/** One run of `reconcile` that finds nothing to do. */
async function idleMinute({ service, meter }: MeteredService): Promise<{ reads: number; logBytes: number }> {
  const before = meter.unitsOf('reconcile');
  const lines = service.server.logs().length;
  await service.server.host.invoke('reconcile', {});
  const after = meter.unitsOf('reconcile');
  if (after.write > before.write) throw new Error('There was something to do.');
  return {
    reads: after.read - before.read,
    logBytes: Buffer.byteLength(service.server.logs().slice(lines).join('\n')),
  };
}
