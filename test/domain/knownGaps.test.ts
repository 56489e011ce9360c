import { describe, expect, it } from 'vitest';
import { evolve } from '#domain/accessRequest.ts';
import { isSamePerson, parseCatalogue } from '#domain/catalogue.ts';
import { reviewBreakGlass } from '#domain/decide.ts';
import { boundaryPolicy, denySession } from '#domain/denyList.ts';
import { entitlementSchema } from '#domain/entitlement.ts';
import { isRefusal } from '#domain/errors.ts';
import { authorisedWindow } from '#domain/grantWindow.ts';
import { addSeconds } from '#domain/instant.ts';
import { describePermissions } from '#domain/permissions.ts';
import { recipientKeySchema } from '#domain/recipientKey.ts';
import { requestSealMessage } from '#domain/seals.ts';
import { endSessionPolicy, sessionPolicy } from '#domain/sessionPolicy.ts';
import { requestDigest, type Terms } from '#domain/terms.ts';
import {
  aCatalogue,
  aCatalogueSource,
  anApproval,
  anEntitlement,
  anId,
  aRecipientKey,
  aRequest,
  aScheduledRequest,
  aSession,
  aWindow,
  bob,
  type CatalogueSource,
  entitlementIn,
  entryOf,
  followedBy,
  type Happening,
  madeAt,
} from '../support/builders.ts';
import { isAllowed } from './simulatedAccess.ts';

// Rules that the code does not keep yet. Each test fails today, and says so: when one starts to pass, `it.fails`
// turns red and the test moves to the file of its subject as a plain `it`.

const accepts = (edit: (source: CatalogueSource) => void): boolean => {
  const source = aCatalogueSource();
  edit(source);
  try {
    parseCatalogue(source);
    return true;
  } catch {
    return false;
  }
};
const itemParameter = (source: CatalogueSource) => {
  const order = entitlementIn(source, 'orders-item').parameters?.order;
  if (!order) throw new Error('The sample has the parameter.');
  return order;
};
const narrowTo = (source: CatalogueSource, narrowing: object): void => {
  itemParameter(source).narrow = [{ Action: 'dynamodb:GetItem', Resource: '*', ...narrowing }];
};

describe('terms that only the owner of `requests` can make, sealed and approved', () => {
  const catalogue = aCatalogue();
  const { terms } = aRequest({ catalogue });
  const judged = (over: Partial<Terms>) => {
    const forged = { ...terms, ...over };
    return authorisedWindow(catalogue, entryOf(catalogue, 'orders-read'), {
      terms: forged,
      digest: requestDigest(forged),
      decisions: [anApproval(bob)],
    });
  };

  const forgeries: [string, Partial<Terms>][] = [
    ["another entitlement's role", { roleArn: 'arn:aws:iam::111122223333:role/countersign-orders-admin' }],
    [
      'a session policy without an end',
      {
        sessionPolicy: terms.sessionPolicy.replace(
          '"Effect":"Deny","Action":"*"',
          '"Effect":"Deny","Action":"x:y"',
        ),
      },
    ],
    [
      'a wider session policy',
      {
        sessionPolicy: sessionPolicy({
          entitlement: { ...anEntitlement(), policy: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
          parameters: {},
        }),
      },
    ],
    [
      'a managed policy that the entitlement has not',
      { policyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
    ],
    ['more than the longest duration', { durationSeconds: 365 * 86_400 }],
    ['a deadline beyond expiresAfter', { expiresAt: '2036-01-01T00:00:00Z' }],
    ['a start beyond 30 days', { startAt: '2036-01-01T00:00:00Z' }],
    ['parameters that the session policy does not carry', { parameters: { order: '1001' } }],
  ];
  for (const [name, over] of forgeries)
    it.fails(`are refused for what the catalogue says today: ${name}`, () => {
      expect(judged(over)).toHaveProperty('failure');
    });

  it.fails('are refused when the text with the open end is not one that `sessionPolicy` made', () => {
    const forged =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateGreaterThanEquals":{"aws:CurrentTime":"9999-12-31T23:59:59Z"}}}]}';
    expect(() => endSessionPolicy(forged, madeAt)).toThrow();
  });
});

describe('one person', () => {
  it.fails('listed twice in people: with one address in common is one person, or the catalogue is refused', () => {
    const lists = [
      ['a@example.com', 'b@example.com'],
      ['b@example.com', 'c@example.com'],
    ];
    const edit = (source: CatalogueSource): void => {
      source.people = lists;
    };
    const refusedOrJoined =
      !accepts(edit) ||
      isSamePerson(aCatalogue(edit), { email: 'b@example.com' }, { email: 'c@example.com' });
    expect(refusedOrJoined).toBe(true);
  });
});

describe('a catalogue is refused for', () => {
  const faults: [string, (source: CatalogueSource) => void][] = [
    [
      'one role of one account under two targets: two grants would share fate',
      (source) => {
        source.targets.again = { account: '111122223333', title: 'The same account' };
        Object.assign(entitlementIn(source, 'orders-admin'), { target: 'again', role: 'orders-read' });
      },
    ],
    [
      'two roles that differ in letter case alone: IAM takes them for one',
      (source) => {
        entitlementIn(source, 'orders-admin').role = 'Orders-Read';
      },
    ],
    [
      "an approvers' group that is only an inherited name",
      (source) => {
        entitlementIn(source, 'orders-read').approval = [{ count: 1, from: { groups: ['constructor'] } }];
      },
    ],
    [
      'a machine that is only an inherited name',
      (source) => {
        entitlementIn(source, 'orders-read').requesters = { machines: ['toString'] };
      },
    ],
    [
      'a target that is only an inherited name',
      (source) => {
        entitlementIn(source, 'orders-read').target = 'constructor';
      },
    ],
    [
      'a placeholder that is only an inherited name',
      (source) =>
        narrowTo(source, { Condition: { StringNotEquals: { 'aws:x': ['{order}', '{constructor}'] } } }),
    ],
    [
      'a parameter whose narrowing does not name it: the approver reads "Only where order is 1001"',
      (source) => narrowTo(source, { Condition: { StringNotEquals: { 'aws:x': 'fixed' } } }),
    ],
    [
      "a placeholder in a condition's key, which is never filled",
      (source) => narrowTo(source, { Condition: { StringNotEquals: { 'aws:ResourceTag/{order}': 'x' } } }),
    ],
    ['a placeholder in an action', (source) => narrowTo(source, { Action: 'dynamodb:{order}' })],
    [
      'a placeholder in the policy, which is never filled',
      (source) => {
        entitlementIn(source, 'orders-item').policy = [
          {
            Effect: 'Allow',
            Action: 'dynamodb:GetItem',
            Resource: 'arn:aws:dynamodb:*:111122223333:table/{order}',
          },
        ];
      },
    ],
    [
      'a narrowing by another parameter that may be left out',
      (source) => {
        const order = itemParameter(source);
        entitlementIn(source, 'orders-item').parameters = {
          order: {
            ...order,
            narrow: [{ Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:*:*:table/{order}-{suffix}' }],
          },
          suffix: { title: 'Suffix', required: false, narrow: order.narrow },
        };
      },
    ],
    [
      'a listed value that no request could give',
      (source) => {
        Object.assign(itemParameter(source), { values: ['1', 'a*'] });
      },
    ],
    [
      'an escalation that comes only after the request has expired',
      (source) => {
        entitlementIn(source, 'orders-read').escalation = { after: 'PT4H', to: { groups: ['security'] } };
      },
    ],
    [
      'a policy text that STS does not take: characters beyond U+00FF',
      (source) => {
        entitlementIn(source, 'orders-read').policy = [
          { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::rendelések-ő/*' },
        ];
      },
    ],
    [
      'a managed policy of another account, which STS does not take',
      (source) => {
        entitlementIn(source, 'orders-read').managedPolicies = ['arn:aws:iam::444455556666:policy/read'];
      },
    ],
  ];
  for (const [name, edit] of faults)
    it.fails(name, () => {
      expect(accepts(edit)).toBe(false);
    });
});

describe('a break-glass review', () => {
  const broken = aRequest({ who: bob, wish: { entitlement: 'orders-admin', breakGlass: true } });
  const verdict = { verdict: 'justified', comment: 'it burned' } as const;

  it.fails('comes after the grant: one that has not even started cannot be judged', () => {
    expect(isRefusal(reviewBreakGlass(broken, verdict))).toBe(true);
  });

  it.fails('does not fit a request that is pending, even as an event', () => {
    expect(() =>
      evolve(aRequest(), { event: 'reviewed', ...verdict, at: madeAt, by: 'mallory@example.com' }),
    ).toThrow(TypeError);
  });

  it.fails('is given once, even as an event', () => {
    const reviewed = followedBy(broken, { event: 'ended' }, { event: 'reviewed', ...verdict });
    expect(() =>
      followedBy(reviewed, { event: 'reviewed', verdict: 'unjustified', comment: 'again' }),
    ).toThrow(TypeError);
  });
});

describe('the deny list', () => {
  const until = addSeconds(madeAt, 900);

  it.fails('that is full denies a session issued in that very second too', async () => {
    const entries = Array.from({ length: 400 }, (_, index) => ({
      requestId: anId(index + 1),
      until: addSeconds(madeAt, 1_000 + index),
    }));
    const list = denySession({ entries }, { requestId: anId(999), until }, madeAt);
    expect(
      list.entries.some(({ requestId }) => requestId === anId(999)),
      'the one that ends first makes room',
    ).toBe(false);
    const call = {
      action: 'dynamodb:GetItem',
      context: { 'dynamodb:LeadingKeys': ['1'] },
      sessionName: anId(999),
      issuedAt: madeAt,
      at: addSeconds(madeAt, 5),
    };
    expect(await isAllowed(undefined, { ...call, boundary: boundaryPolicy(list) })).toBe(false);
  });

  it.fails('never moves its whole-role cut back in time', () => {
    const entries = Array.from({ length: 400 }, (_, index) => ({
      requestId: anId(index + 1),
      until: addSeconds(madeAt, 1_000 + index),
    }));
    const list = denySession(
      { entries, issuedBefore: madeAt },
      { requestId: anId(999), until },
      addSeconds(madeAt, -5),
    );
    expect(list.issuedBefore).toBe(madeAt);
  });
});

describe('a session bound to an address', () => {
  it.fails('is not made when the address is not known', () => {
    const entitlement = { ...anEntitlement(), bindSourceIp: true };
    expect(() => sessionPolicy({ entitlement, parameters: {}, sourceIp: '' })).toThrow();
  });
});

describe('a seal', () => {
  it.fails('keeps its purpose and covers no field that it was not made for', () => {
    const seal = { digest: 'a'.repeat(64), expiresAt: madeAt };
    const wide = { ...seal, purpose: 'countersign/approve/1', approver: 'bob@example.com' };
    expect(requestSealMessage(wide)).toBe(requestSealMessage(seal));
  });
});

describe("the requester's key", () => {
  it.fails('has one text for one point: spare bits of base64url are refused, so that its thumbprint is RFC 7638’s', () => {
    // The last character carries four bits of the coordinate and two that mean nothing: U and V name the same byte.
    const sameBytes = Buffer.from(`${aRecipientKey.x.slice(0, 42)}V`, 'base64url').equals(
      Buffer.from(aRecipientKey.x, 'base64url'),
    );
    expect(sameBytes).toBe(true);
    expect(
      recipientKeySchema.safeParse({ ...aRecipientKey, x: `${aRecipientKey.x.slice(0, 42)}V` }).success,
    ).toBe(false);
  });
});

describe('permissions in plain words', () => {
  it.fails('name the account of a resource: it need not be the target’s', () => {
    const described = (account: string) =>
      describePermissions(
        {
          ...anEntitlement(),
          policy: [
            {
              Effect: 'Allow',
              Action: 'dynamodb:GetItem',
              Resource: `arn:aws:dynamodb:*:${account}:table/orders`,
            },
          ],
        },
        {},
      );
    expect(described('444455556666')).not.toEqual(described('111122223333'));
  });

  it.fails('say what a parameter that may be left out would have narrowed, when it was left out', () => {
    const source = entitlementIn(aCatalogueSource(), 'orders-item');
    const entitlement = entitlementSchema.parse({
      ...source,
      parameters: { order: { ...source.parameters?.order, required: false } },
    });
    expect(describePermissions(entitlement, {})).not.toEqual(
      describePermissions({ ...entitlement, parameters: {} }, {}),
    );
  });
});

describe('the record of the longest grant', () => {
  it.fails('stays far below 400 KB, also with the shortest sessions that the catalogue allows', () => {
    const catalogue = aCatalogue((source) => {
      Object.assign(entitlementIn(source, 'orders-read'), { maxDuration: 'P7D', sessionDuration: 'PT15M' });
    });
    // A session of 900 s is followed by the next after 600 s.
    const sessions = Array.from({ length: (7 * 86_400) / 600 }, (_, index) =>
      aSession({ sequence: index + 1 }),
    );
    const request = followedBy(
      aScheduledRequest({ catalogue }),
      ...sessions.map((session): Happening => ({ event: 'issued', session, window: aWindow })),
    );
    const noted = request.history.map((entry) => ({ ...entry, notary: 'ASIAIOSFODNN7EXAMPLE' }));
    const size = JSON.stringify({ ...request, history: noted }).length;
    expect(size, `${noted.length} links`).toBeLessThan(200_000);
  });
});
