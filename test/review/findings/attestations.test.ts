import { describe, expect, it, test } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { aRequest, followedBy } from '../../support/builders.ts';
import { approvedAt, approvedByBob, catalogue, issue, stories, window } from '../grants/stories.ts';
import {
  assumeRoleRecord,
  type CloudTrailRecord,
  callRecord,
  functionSession,
  notaryRole,
  withTags,
} from '../records.ts';
import { evidenceRecord, issuingRecords, recordsOfRequest } from '../requestRecords.ts';
import { administrator, anIdOf, faultsIn, findingsBy, quietHour, sessionIn } from './material.ts';

const clean = () => recordsOfRequest(stories.used());
const isEvidence = (event: string) => (record: CloudTrailRecord) =>
  JSON.stringify(record.requestParameters).includes(`{"key":"cs:event","value":"${event}"}`);
const isTargetSession = ({ requestParameters }: CloudTrailRecord): boolean =>
  /:role\/countersign-orders-/.test(String(requestParameters?.roleArn));

describe('A session that no entry attests', () => {
  const open = () => followedBy(aRequest({ catalogue, wish: { ticket: 'INC-1001' } }), approvedByBob);
  const hidden = () => {
    const crashed = followedBy(open(), issue(7, addSeconds(approvedAt, 120)));
    const entry = crashed.history.at(-1);
    return entry ? issuingRecords(crashed, entry) : [];
  };
  const later = quietHour('2026-11-22T11:30:00Z');

  it('is what a function leaves behind that stops halfway, where nobody used it', () => {
    expect(faultsIn([...clean(), ...hidden(), later])).toEqual(['low effect-without-evidence']);
  });

  it('was used by somebody who cannot have its key', () => {
    const call = callRecord({ at: addSeconds(approvedAt, 130), session: sessionIn(hidden()) });
    expect(faultsIn([...clean(), ...hidden(), call, later])).toEqual(['critical effect-without-evidence']);
  });

  it('may still be attested where the logs end', () => {
    const call = callRecord({ at: addSeconds(approvedAt, 130), session: sessionIn(hidden()) });
    expect(faultsIn([...recordsOfRequest(open()), ...hidden(), call])).toEqual([
      'medium effect-without-evidence',
    ]);
  });

  it('or only by an entry that lost a race, was given to nobody', () => {
    const lost = followedBy(open(), issue(1, addSeconds(approvedAt, 30)));
    const entry = lost.history.at(-1);
    const records = entry ? [...issuingRecords(lost, entry), evidenceRecord(lost, entry)] : [];
    const revoked = followedBy(
      open(),
      { event: 'revoked', by: 'ada@example.com', reason: 'Not now', at: addSeconds(approvedAt, 31) },
      { event: 'closed', at: addSeconds(approvedAt, 32) },
    );
    const all = [...recordsOfRequest(revoked), ...records];
    expect(faultsIn([...all, later])).toContain('low effect-without-evidence');
    const call = callRecord({ at: addSeconds(approvedAt, 33), session: sessionIn(records) });
    expect(faultsIn([...all, call, later])).toContain('critical effect-without-evidence');
  });
});

describe('An entry that a session was issued', () => {
  it('has its AssumeRole in the logs', () => {
    const first = clean().find(isTargetSession)?.eventTime;
    const without = clean().filter((record) => !(isTargetSession(record) && record.eventTime === first));
    expect(faultsIn(without)).toEqual(['high evidence-without-effect']);
  });
});

describe('The evidence of a request is one chain', () => {
  it('of which none may be missing', () => {
    expect(faultsIn(clean().filter((record) => !isEvidence('approved')(record)))).toContain(
      'high broken-chain',
    );
    expect(faultsIn(clean().filter((record) => !isEvidence('requested')(record)))).toContain(
      'high broken-chain',
    );
  });

  it('whose hashes are those of what CloudTrail shows', () => {
    const edited = clean().map((record) =>
      isEvidence('requested')(record)
        ? withTags(record, { 'cs:start': window.startsAt, 'cs:end': window.endsAt })
        : record,
    );
    expect(faultsIn(edited)).toContain('critical broken-chain');
  });

  it('that may begin before the logs do, and says so', () => {
    const id = anIdOf('2026-11-22T10:00:00Z');
    const request = followedBy(
      aRequest({ catalogue, id }),
      approvedByBob,
      issue(1, addSeconds(approvedAt, 2)),
    );
    const records = recordsOfRequest(request).filter((record) => !isEvidence('requested')(record));
    const [finding, ...more] = findingsBy('broken-chain', records);
    expect(more).toEqual([]);
    expect(finding?.severity).toBe('medium');
    expect(finding?.message).toContain('before the logs begin');
  });
});

describe('Evidence', () => {
  it('is made by the function that may attest the event', () => {
    const forged = clean().map((record) =>
      isEvidence('closed')(record)
        ? {
            ...record,
            userIdentity: assumeRoleRecord({
              at: approvedAt,
              caller: functionSession('requests'),
              roleArn: '',
              sessionName: '',
            }).userIdentity,
          }
        : record,
    );
    expect(faultsIn(forged)).toContain('critical wrong-attester');
  });

  it('is made by nobody else', () => {
    const request = stories.cancelled();
    const [entry] = request.history;
    const evidence = entry ? evidenceRecord(request, entry) : undefined;
    const byMallory = assumeRoleRecord({
      at: approvedAt,
      caller: administrator('999988887777'),
      roleArn: '',
      sessionName: '',
    }).userIdentity;
    const forged = evidence ? { ...evidence, userIdentity: byMallory } : [];
    expect(faultsIn([...clean(), ...[forged].flat()])).toEqual(['critical wrong-attester']);
  });

  it('says what it is evidence of', () => {
    const blank = assumeRoleRecord({
      at: '2026-11-22T10:20:00Z',
      caller: functionSession('requests'),
      roleArn: notaryRole,
      sessionName: 'blank',
    });
    expect(faultsIn([...clean(), blank])).toEqual(['critical wrong-attester']);
  });

  it('does not come from an account that grants reach into', () => {
    const inTarget = recordsOfRequest(stories.cancelled(), { account: '111122223333' });
    expect(faultsIn([...clean(), ...inTarget])).toContain('critical wrong-attester');
  });

  it('from several accounts is worth a look', () => {
    const second = recordsOfRequest(stories.cancelled(), { account: '888877776666' });
    const findings = findingsBy('several-installations', [...clean(), ...second]);
    expect(findings.map(({ subject }) => subject)).toEqual(['888877776666', '999988887777']);
    expect(findingsBy('several-installations', clean())).toEqual([]);
  });
});

describe('A request that is over', () => {
  const later = quietHour('2026-11-22T23:00:00Z');
  const withoutClosing = (name: keyof typeof stories) =>
    recordsOfRequest(stories[name]()).filter((record) => !isEvidence('closed')(record));

  test.each(['used', 'denied', 'cancelled', 'expired', 'failed'] as const)('is closed: %s', (name) => {
    expect(faultsIn([...recordsOfRequest(stories[name]()), later])).toEqual([]);
    expect(faultsIn([...withoutClosing(name), later])).toEqual(['medium grant-not-closed']);
  });

  it('gets half an hour', () => {
    expect(faultsIn([...withoutClosing('used'), quietHour(addSeconds(window.endsAt, 1_700))])).toEqual([]);
    expect(faultsIn([...withoutClosing('used'), quietHour(addSeconds(window.endsAt, 1_900))])).toEqual([
      'medium grant-not-closed',
    ]);
  });

  it('is not over while it can still be decided', () => {
    const pending = recordsOfRequest(aRequest({ catalogue }));
    expect(faultsIn([...pending, quietHour('2026-11-22T13:00:00Z')])).toEqual([]);
    expect(faultsIn([...pending, quietHour('2026-11-22T15:00:00Z')])).toEqual(['medium grant-not-closed']);
  });

  it('nor while its grant runs', () => {
    const active = recordsOfRequest(
      followedBy(aRequest({ catalogue }), approvedByBob, issue(1, addSeconds(approvedAt, 2))),
    );
    expect(faultsIn([...active, quietHour(addSeconds(approvedAt, 1_900))])).toEqual([]);
  });

  it('is closed also where its last link hangs loose, which is the fault of the chain', () => {
    const loose = recordsOfRequest(stories.cancelled()).filter((record) => !isEvidence('cancelled')(record));
    expect(faultsIn([...loose, later])).toEqual(['high broken-chain']);
  });
});
