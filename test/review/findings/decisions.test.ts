import { describe, expect, it, test } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds } from '#domain/instant.ts';
import {
  aCatalogue,
  alice,
  anApproval,
  anId,
  aRequest,
  bob,
  type CatalogueSource,
  carol,
  dave,
  entitlementIn,
  erin,
  followedBy,
  type Human,
  madeAt,
  mallory,
  type RequestOptions,
} from '../../support/builders.ts';
import { catalogue, issue, stories, window } from '../grants/stories.ts';
import type { CloudTrailRecord } from '../records.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import { anIdOf, faultsIn, findingsBy } from './material.ts';

interface Told extends RequestOptions {
  by: Human[];
  /** Seconds from the request to the approvals. */
  after?: number;
}

/** A request that was approved by whoever it says, issued and ended, whatever the rules are. */
function granted({ by, after = 300, ...options }: Told): AccessRequest {
  const decidedAt = addSeconds(madeAt, after);
  const granted = { startsAt: decidedAt, endsAt: addSeconds(decidedAt, 3_600) };
  const request = aRequest({ catalogue, ...options });
  return followedBy(
    request,
    ...by.map((approver, index) => ({
      event: 'approved' as const,
      at: decidedAt,
      by: sourceIdentityOf(approver),
      decision: anApproval(approver, { decidedAt }),
      ...(index === by.length - 1 && { window: granted }),
    })),
    issue(1, addSeconds(decidedAt, 2), granted),
    { event: 'ended', at: granted.endsAt },
    { event: 'closed', at: granted.endsAt },
  );
}

const admin = { wish: { entitlement: 'orders-admin' } };
const reviewed = (told: Told, ...catalogues: (typeof catalogue)[]) =>
  faultsIn(recordsOfRequest(granted(told)), { catalogues: catalogues.length > 0 ? catalogues : [catalogue] });

describe('A grant needs every approval of its rules', () => {
  test.each<[string, Told]>([
    ['one lead', { by: [bob] }],
    ['a lead and security', { ...admin, who: dave, by: [carol, erin] }],
    ['security, once the request is escalated', { by: [erin], after: 1_810 }],
  ])('and has them: %s', (_, told) => {
    expect(reviewed(told)).toEqual([]);
  });

  test.each<[string, Told]>([
    ['nobody of the approvers', { by: [mallory] }],
    ['a colleague', { by: [dave] }],
    ['one where two are needed', { ...admin, who: dave, by: [bob] }],
    ['two of one rule where each of two rules needs one', { ...admin, who: dave, by: [bob, carol] }],
    ['one person twice', { ...admin, who: dave, by: [bob, { ...bob, email: 'bob+again@example.com' }] }],
    ['security before it is escalated', { by: [erin], after: 600 }],
  ])('and has not: %s', (_, told) => {
    expect(reviewed(told)).toEqual(['critical missing-decision']);
  });

  it('by the catalogue under which it was asked for, also when a later one asks for less', () => {
    const later = aCatalogue((source) => {
      entitlementIn(source, 'orders-admin').approval = [{ count: 1, from: { groups: ['orders-leads'] } }];
    });
    expect(reviewed({ ...admin, who: dave, by: [bob] }, catalogue, later)).toEqual([
      'critical missing-decision',
    ]);
  });

  it('by whoever was in the group when it was decided, which may be by a later catalogue', () => {
    const joined = (source: CatalogueSource) => {
      source.groups['orders-leads'] = ['bob@example.com', 'carol@example.com', 'mallory@example.com'];
    };
    expect(reviewed({ by: [mallory] }, catalogue, aCatalogue(joined))).toEqual([]);
  });

  it('by nobody who joined the group only under a catalogue of after another one', () => {
    const joined = aCatalogue((source) => {
      source.groups['orders-leads'] = ['bob@example.com', 'carol@example.com', 'mallory@example.com'];
    });
    const between = aCatalogue((source) => {
      source.groups.audit = ['trent@example.com', 'ada@example.com'];
    });
    const later = [between, joined].map((one, index) =>
      aRequest({
        catalogue: one,
        id: `01KANB1X0${index}0000000000000007`,
        now: `2026-11-22T1${index + 2}:00:00Z`,
      }),
    );
    const records = [granted({ by: [mallory] }), ...later].flatMap((request) => recordsOfRequest(request));
    expect(faultsIn(records, { catalogues: [catalogue, joined, between] })).toEqual([
      'critical missing-decision',
    ]);
  });

  it('by somebody whose address CloudTrail shows as a hash, where a candidate has such an address', () => {
    const unusual = { ...bob, email: "b.o'brien@example.com", subject: 'obrien' };
    const named = aCatalogue((source) => {
      source.groups['orders-leads'] = [unusual.email];
    });
    expect(reviewed({ catalogue: named, by: [unusual] }, named)).toEqual([]);
    expect(reviewed({ by: [unusual] })).toEqual(['critical missing-decision']);
  });

  it('and by somebody else where the catalogue is not known', () => {
    const told = (by: Human) => faultsIn(recordsOfRequest(granted({ by: [by] })), { catalogues: [] });
    const unknown = 'medium catalogue-unknown';
    expect(told(mallory)).toEqual([unknown]);
    expect(told(alice)).toEqual(['critical own-decision', 'critical missing-decision', unknown]);
  });

  it('before it begins', () => {
    const approved = { event: 'approved', by: 'erin@example.com', decision: anApproval(erin) } as const;
    const request = followedBy(
      aRequest({ catalogue, who: dave, ...admin }),
      { event: 'approved', by: 'bob@example.com', decision: anApproval(bob), at: addSeconds(madeAt, 60) },
      { ...approved, at: addSeconds(window.startsAt, 600), window },
      issue(1, addSeconds(window.startsAt, 601)),
    );
    expect(faultsIn(recordsOfRequest(request))).toEqual(['critical missing-decision']);
  });

  it('and is not there without them because its request was made before the logs begin', () => {
    const [, , ...rest] = recordsOfRequest(granted({ by: [bob], id: anIdOf(madeAt) }));
    expect(faultsIn(rest)).toEqual(['medium broken-chain']);
  });

  it('where it has not come to a grant, none are missing', () => {
    expect(faultsIn(recordsOfRequest(stories.denied()))).toEqual([]);
  });
});

describe('Break-glass', () => {
  const broken = (who: Human, under = catalogue) => {
    const breakGlass = { startsAt: madeAt, endsAt: addSeconds(madeAt, 900) };
    const wish = { entitlement: 'orders-admin', breakGlass: true, durationSeconds: 900 };
    const lead = { ...who, groups: ['orders-leads', 'on-call'] };
    const reviewedAt = addSeconds(madeAt, 7_200);
    return recordsOfRequest(
      followedBy(
        aRequest({ catalogue: under, who: lead, wish }),
        issue(1, addSeconds(madeAt, 2), breakGlass),
        { event: 'ended', at: breakGlass.endsAt },
        {
          event: 'reviewed',
          verdict: 'justified',
          comment: 'Had to be',
          at: reviewedAt,
          by: 'bob@example.com',
        },
        { event: 'closed', at: reviewedAt },
      ),
    );
  };

  it('needs no decision by whoever may use it', () => {
    expect(faultsIn(broken(carol))).toEqual([]);
  });

  it('is no way around decisions for anybody else, unless a token says otherwise', () => {
    expect(faultsIn(broken(dave))).toEqual(['high missing-decision']);
  });

  it('is no way around decisions at all where single people may use it', () => {
    const alone = aCatalogue((source) => {
      Object.assign(entitlementIn(source, 'orders-admin').breakGlass ?? {}, {
        requesters: { people: ['carol@example.com'] },
      });
    });
    expect(faultsIn(broken(carol, alone), { catalogues: [alone] })).toEqual([]);
    const byDave = broken(carol, alone).map((record) =>
      JSON.parse(JSON.stringify(record).replaceAll('carol@', 'dave@')),
    );
    expect(faultsIn(byDave, { catalogues: [alone] })).toContain('critical missing-decision');
  });

  it('is open to members whom only a token names, where the catalogue lists nobody for the group', () => {
    const unlisted = aCatalogue((source) => {
      source.groups['on-call'] = [];
      Object.assign(entitlementIn(source, 'orders-admin').breakGlass ?? {}, {
        requesters: { groups: ['on-call'] },
      });
    });
    expect(faultsIn(broken(dave, unlisted), { catalogues: [unlisted] })).toEqual([]);
  });
});

describe('Nobody decides on their own request', () => {
  const twoAddresses = aCatalogue((source) => {
    source.people = [['alice@example.com', 'alice.archer@example.com']];
  });
  const machines = (source: CatalogueSource) => {
    source.machines = {
      deployer: {
        issuer: 'https://tokens.example.com',
        subject: 'arn:aws:iam::444455556666:role/deployer',
        account: '444455556666',
        owners: ['bob@example.com'],
      },
    };
    entitlementIn(source, 'orders-read').requesters = { machines: ['deployer'] };
  };

  test.each<[string, Told]>([
    ['under their own address', { who: carol, ...admin, by: [carol, erin] }],
    [
      'under an address with a tag',
      { who: carol, ...admin, by: [{ ...carol, email: 'carol+oncall@example.com' }, erin] },
    ],
    ['in other letters', { who: carol, ...admin, by: [{ ...carol, email: 'Carol@Example.com' }, erin] }],
    [
      'under another address of theirs',
      { catalogue: twoAddresses, by: [{ ...alice, email: 'alice.archer@example.com' }] },
    ],
    [
      'made by a machine that they run',
      {
        catalogue: aCatalogue(machines),
        who: {
          kind: 'machine',
          issuer: 'https://tokens.example.com',
          subject: 'arn:aws:iam::444455556666:role/deployer',
        },
        by: [bob],
      },
    ],
  ])('%s', (_, told) => {
    expect(reviewed(told, told.catalogue ?? catalogue)).toContain('critical own-decision');
  });

  it('also where the decision lost a race', () => {
    const request = aRequest({ catalogue });
    const self = followedBy(request, {
      event: 'denied',
      by: 'alice@example.com',
      decision: anApproval(alice, { decision: 'deny' }),
    });
    const cancelled = followedBy(
      request,
      { event: 'cancelled', by: 'alice@example.com' },
      { event: 'closed' },
    );
    const records = [...recordsOfRequest(cancelled), ...recordsOfRequest(self)];
    expect(faultsIn(records)).toContain('critical own-decision');
  });

  it('and on that of others they may', () => {
    expect(reviewed({ who: alice, by: [bob] })).toEqual([]);
  });
});

describe('Who asks', () => {
  const byMallory = granted({ who: { ...mallory, groups: ['orders-team'] }, by: [bob] });

  it('is somebody whom the catalogue lets ask', () => {
    expect(faultsIn(recordsOfRequest(byMallory))).toEqual(['medium requester-not-eligible']);
  });

  it('may be anybody where a token can name them', () => {
    const open = aCatalogue((source) => {
      source.groups.contractors = [];
      entitlementIn(source, 'orders-read').requesters = { groups: ['contractors'] };
    });
    const request = granted({ catalogue: open, who: { ...mallory, groups: ['contractors'] }, by: [bob] });
    expect(faultsIn(recordsOfRequest(request), { catalogues: [open] })).toEqual([]);
  });
});

describe('A grant is no longer than its entitlement allows', () => {
  const forADay = () => {
    const long = { startsAt: window.startsAt, endsAt: addSeconds(window.startsAt, 86_400) };
    return recordsOfRequest(
      followedBy(
        aRequest({ catalogue }),
        { event: 'approved', by: 'bob@example.com', decision: anApproval(bob), window: long },
        issue(1, addSeconds(long.startsAt, 2), long),
      ),
    );
  };

  it('which eight hours are', () => {
    expect(faultsIn(forADay())).toEqual(['critical window-too-long']);
  });

  it('or any could allow, where the catalogue is not known', () => {
    expect(faultsIn(forADay(), { catalogues: [] })).toEqual(['medium catalogue-unknown']);
  });
});

describe('A catalogue that was replaced', () => {
  const newer = aCatalogue((source) => {
    source.groups.audit = ['trent@example.com', 'ada@example.com'];
  });
  const asked = (number: number, hour: number, under: typeof catalogue) =>
    recordsOfRequest(aRequest({ catalogue: under, id: anId(number), now: `2026-11-22T${hour}:00:00Z` }));
  const outdated = (...records: CloudTrailRecord[][]) =>
    findingsBy('catalogue-outdated', records.flat(), { catalogues: [catalogue, newer] }).map(
      ({ severity, subject }) => `${severity} ${subject}`,
    );

  it('is not used again while the newer one is in force', () => {
    const records = [
      asked(1, 10, catalogue),
      asked(2, 11, newer),
      asked(3, 13, catalogue),
      asked(4, 14, newer),
    ];
    expect(outdated(...records)).toEqual([`medium ${anId(3)}`]);
  });

  it('may be deployed again for good, and still be in use while it is replaced', () => {
    expect(outdated(asked(1, 10, catalogue), asked(2, 11, newer), asked(3, 13, catalogue))).toEqual([]);
    const meanwhile = recordsOfRequest(aRequest({ catalogue, id: anId(3), now: '2026-11-22T11:10:00Z' }));
    expect(outdated(asked(1, 10, catalogue), asked(2, 11, newer), meanwhile, asked(4, 14, newer))).toEqual(
      [],
    );
  });
});

describe('A catalogue that was not given', () => {
  it('is named once for all requests under it, and leaves no review clean', () => {
    const findings = findingsBy('catalogue-unknown', recordsOfRequest(stories.used()), { catalogues: [] });
    expect(findings.map(({ severity, subject }) => `${severity} ${subject}`)).toEqual([
      `medium ${catalogue.digest}`,
    ]);
    expect(findingsBy('catalogue-unknown', recordsOfRequest(stories.used()))).toEqual([]);
  });
});
