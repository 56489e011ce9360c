import type { AccessRequest } from '#domain/accessRequest.ts';
import { addSeconds, type Instant, latest } from '#domain/instant.ts';
import { madeAtOf } from '#domain/lastPossibleAccess.ts';
import type { Grant } from '../../grants/grant.ts';
import type { Trail } from '../../reader/trail.ts';
import { deliveredUntil, deliverySeconds } from '../coverage.ts';
import type { FindingRule, Observation, TableRecord } from '../finding.ts';
import { aboutGrant, attestationSeconds, lastMomentOf } from '../grantFacts.ts';
import { reachesInto } from '../reachesInto.ts';
import { type Attested, differencesOf } from '../tableComparison.ts';
import { counted, quoted, someOf } from '../words.ts';

/**
 * The request table and the trail tell one story: every request of one is in the other, history and evidence are the same chain, and
 * terms, decisions, window, review and sessions follow from it. Critical: whoever can write one and not the other was at work. Requests
 * from before the logs begin, and what happened in their last minutes, are left out. Medium: requests made after all that the export
 * speaks of. It may be older than they are, or somebody cut them off.
 */
export const tableDiffers: FindingRule = {
  name: 'table-differs',
  promise: 'The request table says what CloudTrail says.',
  find({ table, grants, evidence, trail, period }) {
    if (!table) return [];
    const byId = new Map(grants.map((grant) => [grant.id, grant]));
    const attested = Map.groupBy(
      evidence.filter(({ attester }) => attester !== undefined),
      ({ requestId }) => requestId,
    );
    const inTable = new Set(table.map(({ id }) => id));
    const newest = newestIn(table);
    const lacking = Map.groupBy(
      grants.filter(({ id }) => !inTable.has(id)),
      (grant) => wasMadeAfter(grant, newest),
    );
    return [
      ...table.flatMap((record) => {
        if ('fault' in record) return damaged(record);
        const grant = byId.get(record.id);
        if (!grant) return unattested(record.request, trail);
        return differing(record.request, { grant, evidence: attested.get(record.id) ?? [] }, trail);
      }),
      ...(lacking.get(false) ?? []).map(missing),
      ...uncompared(
        (lacking.get(true) ?? []).filter((grant) => reachesInto(period, spanOf(grant))),
        newest,
      ),
    ];
  },
};

const damaged = ({ id, fault }: { id: string; fault: string }): Observation => ({
  severity: 'critical',
  subject: id,
  requestId: id,
  message: `A record of the table, request ${id}, is none that Countersign writes: ${quoted(fault, 300)}. Compare it with a backup of the table.`,
  eventIds: [],
});

/** A request that only the table knows, unless its evidence lies before the logs begin or is still to come. */
function unattested(
  { terms: { id, createdAt } }: AccessRequest,
  { completeness: { first, last } }: Trail,
): Observation[] {
  if (first === undefined || last === undefined || createdAt < first) return [];
  if (createdAt > addSeconds(last, -deliverySeconds)) return [];
  const message = `Request ${id} of ${createdAt} stands in the table, and nothing in the logs attests it: find out who wrote it.`;
  return [{ severity: 'critical', at: createdAt, subject: id, requestId: id, message, eventIds: [] }];
}

function differing(
  request: AccessRequest,
  attested: Pick<Attested, 'grant' | 'evidence'>,
  trail: Trail,
): Observation[] {
  const { grant } = attested;
  const { createdAt, id } = request.terms;
  const { first } = trail.completeness;
  const account = grant.chain.links[0]?.evidence.account ?? '';
  const delivered = deliveredUntil(account, trail);
  // Of a request from before the logs begin only the end is there to compare.
  const isCutOff =
    first !== undefined && createdAt < first && grant.chain.links[0]?.evidence.event !== 'requested';
  if (delivered === undefined || isCutOff) return [];
  const differences = differencesOf(request, {
    ...attested,
    until: addSeconds(delivered, -attestationSeconds),
  });
  if (differences.length === 0) return [];
  return [
    aboutGrant(grant, {
      severity: 'critical',
      at: createdAt,
      account,
      message: `The table and CloudTrail tell different stories of request ${id}: ${differences.join('; ')}. Trust CloudTrail, and find out who wrote the table.`,
      eventIds: someOf(grant.chain.links.map(({ evidence }) => evidence.eventId)),
    }),
  ];
}

/** A request that was attested and is not in the table. */
function missing(grant: Grant): Observation {
  const { id, requestedAt, chain } = grant;
  const isUnwritten = mayBeUnwritten(grant);
  return aboutGrant(grant, {
    severity: isUnwritten ? 'low' : 'critical',
    at: requestedAt,
    account: chain.links[0]?.evidence.account,
    message: isUnwritten
      ? `Request ${id} was attested and is not in the table: a function that stopped halfway leaves such evidence, and so does somebody who deletes a request that nobody decided on.`
      : `Request ${id} was attested and is not in the table: nothing of Countersign deletes requests, so find out who did.`,
    eventIds: chain.links.map(({ evidence }) => evidence.eventId),
  });
}

/** Attested before it is written: a function that stops in between leaves this behind. */
const mayBeUnwritten = ({ chain, sessions }: Grant): boolean =>
  chain.links.length === 1 && sessions.length === 0;

const spanOf = (grant: Grant) => ({ at: grant.requestedAt, until: lastMomentOf(grant) });

/** Requests that the export may be too old for; where no record in it tells its age, all of them. */
function uncompared(grants: readonly Grant[], newest: Instant | undefined): Observation[] {
  const [first] = grants.toSorted((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1));
  if (!first) return [];
  const found = {
    at: first.requestedAt,
    until: grants.map(lastMomentOf).reduce((last, moment) => latest(last, moment)),
    subject: 'request table',
    eventIds: someOf(
      grants.flatMap(({ chain }) => chain.links.slice(0, 1)).map(({ evidence }) => evidence.eventId),
    ),
  };
  const requests = `${counted(grants.length, 'request')}, such as ${first.id}`;
  if (newest === undefined)
    return [
      {
        ...found,
        severity: 'critical',
        message: `The table export holds no request that can be read, and the logs attest ${requests}: find out whether it is of this installation, and who deleted them.`,
      },
    ];
  return [
    {
      ...found,
      severity: grants.every(mayBeUnwritten) ? 'low' : 'medium',
      message: `The table export speaks of nothing after ${newest}, and the logs attest ${requests}, made since: export the table again, after the logs were fetched.`,
    },
  ];
}

/** Whether a request was made after all that the export speaks of. */
const wasMadeAfter = ({ id, requestedAt }: Grant, newest: Instant | undefined): boolean =>
  newest === undefined || requestedAt > newest || madeAtOf(id) > newest;

/** The latest that any record speaks of: the export is at least of that time. */
const newestIn = (table: readonly TableRecord[]): Instant | undefined =>
  table
    .flatMap((record) => ('request' in record ? record.request.history.map(({ at }) => at) : []))
    .reduce<Instant | undefined>(
      (newest, at) => (newest === undefined || at > newest ? at : newest),
      undefined,
    );
