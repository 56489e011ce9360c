import { addSeconds, type Instant, latest } from '#domain/instant.ts';
import { managedRole } from '#domain/outOfBand.ts';
import { filesByPlace, type LogPlace } from '../reader/logPlaces.ts';
import { digestSeconds, hasRecordsOf, horizonOf } from './coverage.ts';
import type { Material } from './finding.ts';
import { entriesIn } from './managedRoles.ts';
import { quoted } from './words.ts';

/** What logs of one place tell of another: that something was done in that account and region. */
export interface Trace {
  place: LogPlace;
  at: Instant;
  /** Until when it holds. */
  until: Instant;
  /** What left it. */
  of: string;
  eventId: string;
}

/**
 * Traces of accounts and regions of which there is no log at all, by account and region. Only of accounts of which other regions are
 * there by the places of their files: where files do not tell whose they are, nothing is missing for want of a place.
 */
export function tracesWithoutLogs(material: Material, accounts: readonly string[]): Trace[][] {
  const placed = new Set(filesByPlace(material.trail.files).map(({ place }) => place?.account));
  const traces = [
    ...tracesOfEntries(material).filter(({ place }) => accounts.includes(place.account)),
    ...tracesOfDeployments(material),
  ].filter(({ place }) => placed.has(place.account));
  const byPlace = Map.groupBy(traces, ({ place }) => `${place.account} ${place.region}`);
  return [...byPlace.values()].filter(([first]) => first !== undefined && !isThere(first.place, material));
}

/** Digests without a log file say that nothing happened, which is for them to prove. */
const isThere = (place: LogPlace, { trail, integrity }: Material): boolean =>
  hasRecordsOf(place, trail) ||
  integrity.chains.some(({ account, region }) => account === place.account && region === place.region);

/**
 * Who enters a role of another account leaves a record in both, in the same region. The last ones may still come.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-sharedEventID.html
 */
function tracesOfEntries(material: Material): Trace[] {
  const horizon = horizonOf({ trail: material.trail, period: {} }) ?? '';
  return entriesIn(material)
    .filter(({ issuance: { event } }) => event.at < addSeconds(horizon, -digestSeconds))
    .flatMap(({ issuance: { event }, roleArn }) => {
      const owner = managedRole(roleArn)?.account;
      const caller = event.caller.account;
      if (owner === undefined || caller === undefined || owner === caller) return [];
      return [owner, caller].map((account) => ({
        place: { account, region: event.region },
        at: event.at,
        until: event.at,
        of: `a session of ${quoted(roleArn)}`,
        eventId: event.id,
      }));
    });
}

/**
 * Deployments of Countersign, which is there from then on. The role by which CloudFormation makes the changes of the CDK bears the region
 * that it works in, and what it changes by IAM stands in us-east-1.
 */
const tracesOfDeployments = ({ trail }: Material): Trace[] =>
  trail.kept.flatMap(({ id, at, account, caller: { issuerArn, invokedBy }, request }) => {
    const [, owner, region] = deploying.exec(issuerArn ?? '') ?? [];
    if (region === undefined || owner !== account || invokedBy !== 'cloudformation.amazonaws.com') return [];
    if (!/\bcountersign-/i.test(JSON.stringify(request ?? ''))) return [];
    const until = latest(at, trail.completeness.last ?? at);
    const of = `a deployment by ${quoted(issuerArn ?? '')}`;
    return [{ place: { account, region }, at, until, of, eventId: id }];
  });

const deploying = /::(\d{12}):role\/cdk-[a-z0-9]{1,10}-cfn-exec-role-\1-([a-z]{2}(?:-[a-z]+)+-\d)$/;
