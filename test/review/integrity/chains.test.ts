import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  type ChainPlace,
  digestChain,
  hoursOf,
  type SignedDigest,
  signedDigest,
  signingKey,
  writeChain,
  writeDigests,
} from '../../support/trail/digests.ts';
import {
  account,
  begin,
  type DeliveredFolder,
  deliveredFolder,
  emptyFolder,
  end,
  faultsOf,
  logContent,
  logKey,
  region,
} from './deliveredFolder.ts';

const place: ChainPlace = {
  bucket: 'trail-bucket',
  prefix: 'AWSLogs/',
  account,
  region,
  trail: 'management-events',
  homeRegion: region,
};

/** The digest of an hour, counted from one. */
const digestAt = ({ digests }: DeliveredFolder, hour: number): SignedDigest => {
  const digest = digests[hour - 1];
  if (!digest) throw new Error(`There is no digest ${hour}.`);
  return digest;
};

describe('A chain of digests', () => {
  test('is measured against its own span where no period is given', async () => {
    const { chains } = await (await deliveredFolder()).validate();
    expect(chains).toEqual([
      {
        account,
        region,
        trail: 'management-events',
        bucket: 'trail-bucket',
        backfill: false,
        digests: 4,
        from: begin,
        to: end,
        verdict: 'verified',
        gaps: [],
        hours: { expected: 4, covered: 4 },
      },
    ]);
  });

  test.for([
    ['the same as the chain', begin, end, 4, 4, 'verified'],
    ['within it', '2026-11-22T11:00:00Z', '2026-11-22T13:30:00Z', 2.5, 2.5, 'verified'],
    ['begun before it', '2026-11-22T08:01:31Z', end, 6, 4, 'partly'],
    ['ended after it', begin, '2026-11-22T16:01:31Z', 6, 4, 'partly'],
    ['over before it began', '2026-11-20T00:00:00Z', '2026-11-20T05:00:00Z', 5, 0, 'partly'],
    ['begun after it ended', '2026-11-23T00:00:00Z', '2026-11-23T05:00:00Z', 5, 0, 'partly'],
  ] as const)('covers of a period %s', async ([, from, to, expected, covered, verdict]) => {
    const integrity = await (await deliveredFolder()).validate({ period: { from, to } });
    expect(integrity).toMatchObject({ verdict, chains: [{ hours: { expected, covered }, verdict }] });
    expect(integrity.faults).toEqual([]);
  });

  test('covers nothing of a period that begins after it and has no end', async () => {
    const folder = await deliveredFolder();
    const period = { from: '2026-11-23T00:00:00Z' };
    expect(await folder.validate({ period })).toMatchObject({ verdict: 'partly' });
  });

  test('also proves hours without a log', async () => {
    const folder = await emptyFolder();
    await writeChain(folder.directory, digestChain(place, hoursOf([], { from: begin, to: end })));
    expect(await folder.validate()).toMatchObject({
      verdict: 'verified',
      logs: { verified: 0, missing: 0 },
      chains: [{ digests: 4, hours: { expected: 4, covered: 4 } }],
    });
  });

  test('counts a copy of a digest once', async () => {
    const folder = await deliveredFolder();
    const { key } = digestAt(folder, 2);
    await folder.write(`copy/${key}`, await folder.bytes(key));
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', chains: [{ digests: 4 }] });
  });
});

describe('A digest that is not there', () => {
  test('fails in the middle, where the next one names it; its logs are uncovered', async () => {
    const folder = await deliveredFolder();
    await folder.remove(digestAt(folder, 2).key);
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({
      verdict: 'failed',
      uncovered: [logKey('11:30')],
      chains: [
        {
          verdict: 'failed',
          gaps: [{ from: '2026-11-22T11:01:31Z', to: '2026-11-22T12:01:31Z' }],
          // The signature of the first one stood in the missing one.
          hours: { expected: 4, covered: 2 },
        },
      ],
    });
    expect(faultsOf(integrity)).toEqual([
      `signatureMissing ${digestAt(folder, 1).key}`,
      `digestMissing ${digestAt(folder, 2).key}`,
    ]);
  });

  test('fails at the start of the period', async () => {
    const folder = await deliveredFolder();
    await folder.remove(digestAt(folder, 1).key);
    const integrity = await folder.validate({ period: { from: begin, to: end } });
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 3, uncovered: 2 } });
    expect(faultsOf(integrity)).toEqual([`digestMissing ${digestAt(folder, 1).key}`]);
  });

  test('is none of the review’s business before the period', async () => {
    const folder = await deliveredFolder();
    for (const path of [digestAt(folder, 1).key, logKey('10:05'), logKey('10:55')]) await folder.remove(path);
    const period = { from: '2026-11-22T11:30:00Z', to: end };
    expect(await folder.validate({ period })).toMatchObject({ verdict: 'verified', faults: [] });
  });

  test('leaves it open whether the oldest was meant to be there, where no period was given', async () => {
    const folder = await deliveredFolder();
    for (const path of [digestAt(folder, 1).key, logKey('10:05'), logKey('10:55')]) await folder.remove(path);
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'partly', faults: [{ verdict: 'partly' }] });
    expect(integrity.faults[0]?.message).toContain('--from');
  });

  test('shows at the end by its signature, which was kept', async () => {
    const folder = await deliveredFolder();
    await folder.remove(digestAt(folder, 4).key);
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 3, pending: 2 } });
    expect(faultsOf(integrity)).toContain(`digestMissing ${digestAt(folder, 4).key}`);
  });

  test('shows at the end by the period alone when its signature and logs are gone too', async () => {
    const folder = await deliveredFolder();
    const last = digestAt(folder, 4).key;
    for (const path of [last, `${last}.signature`, logKey('13:10'), logKey('13:55')])
      await folder.remove(path);
    await folder.write(`${digestAt(folder, 3).key}.signature`, digestAt(folder, 3).signature);
    expect(await folder.validate()).toMatchObject({ verdict: 'verified' });
    expect(await folder.validate({ period: { from: begin, to: end } })).toMatchObject({
      verdict: 'partly',
      chains: [{ hours: { expected: 4, covered: 3 } }],
    });
  });
});

describe('A chain that begins anew', () => {
  test('has a gap: logging or validation was switched off in between', async () => {
    const folder = await deliveredFolder();
    const span = { from: '2026-11-22T16:01:31Z', to: '2026-11-22T18:01:31Z' };
    await writeChain(folder.directory, digestChain(place, hoursOf([], span)));
    expect(await folder.validate()).toMatchObject({
      verdict: 'partly',
      chains: [
        {
          digests: 6,
          verdict: 'partly',
          gaps: [{ from: end, to: '2026-11-22T16:01:31Z' }],
          hours: { expected: 8, covered: 6 },
        },
      ],
      faults: [],
    });
    const period = { from: begin, to: end };
    expect(await folder.validate({ period })).toMatchObject({ verdict: 'verified' });
  });

  test('is no gap where it follows at once', async () => {
    const folder = await deliveredFolder();
    const span = { from: end, to: '2026-11-22T16:01:31Z' };
    await writeChain(folder.directory, digestChain(place, hoursOf([], span)));
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', chains: [{ gaps: [] }] });
  });
});

describe('A chain that forks', () => {
  test('fails: it tells two stories of one time', async () => {
    const folder = await deliveredFolder();
    const third = digestAt(folder, 3);
    const span = { from: '2026-11-22T13:01:31Z', to: '2026-11-22T13:31:31Z' };
    const hours = [{ start: span.from, end: span.to, logs: [] }];
    const [other] = digestChain(place, hours, { after: third });
    if (other) await writeChain(folder.directory, [other]);
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', chains: [{ verdict: 'failed' }] });
    expect(faultsOf(integrity)).toEqual([`digestForked ${digestAt(folder, 4).key}`]);
  });
});

describe('A digest that nobody signed', () => {
  test('cannot deny what one that holds says of a log', async () => {
    const folder = await deliveredFolder();
    const log = { key: logKey('11:30'), content: Buffer.from(logContent('13:10')) };
    const hour = { start: begin, end, logs: [log] };
    const [forged] = digestChain({ ...place, trail: 'forged' }, [hour]);
    if (forged) await folder.write(forged.key, gzipSync(forged.content));
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'partly', logs: { verified: 5, altered: 0 } });
    expect(faultsOf(integrity)).toEqual([`signatureMissing ${forged?.key}`]);
  });
});

describe('Several chains in one folder', () => {
  test('stand for themselves: another account and another region', async () => {
    const folder = await deliveredFolder();
    for (const [other, elsewhere] of [
      [account, 'eu-west-1'],
      ['444455556666', region],
    ] as const) {
      const chain = digestChain(
        { ...place, account: other, region: elsewhere },
        hoursOf([], { from: begin, to: end }),
        {
          key: signingKey(region),
        },
      );
      await writeChain(folder.directory, chain.slice(0, 2));
    }
    const { chains, verdict } = await folder.validate({ period: { from: begin, to: end } });
    expect(chains.map(({ account, region, verdict }) => `${account} ${region} ${verdict}`)).toEqual([
      '111122223333 eu-west-1 partly',
      '111122223333 us-east-1 verified',
      '444455556666 us-east-1 partly',
    ]);
    expect(verdict).toBe('partly');
  });

  test('help each other out: two trails over one account', async () => {
    const folder = await deliveredFolder();
    const half = hoursOf([], { from: '2026-11-22T12:01:31Z', to: end });
    await writeChain(folder.directory, digestChain({ ...place, trail: 'data_events' }, half));
    const { chains, verdict } = await folder.validate({ period: { from: begin, to: end } });
    expect(chains.map(({ trail, verdict }) => [trail, verdict])).toEqual([
      ['data_events', 'partly'],
      ['management-events', 'verified'],
    ]);
    expect(verdict).toBe('verified');
  });

  test('are told apart by the organization: a trail of the same name may be an account’s own', async () => {
    const folder = await deliveredFolder();
    const chain = digestChain(
      { ...place, prefix: 'AWSLogs/o-a1b2c3d4e5/' },
      hoursOf([], { from: begin, to: end }),
    );
    await writeChain(folder.directory, chain);
    const { chains, verdict } = await folder.validate();
    expect(chains).toHaveLength(2);
    expect(verdict).toBe('verified');
  });

  test('are one when the trail was told to deliver elsewhere', async () => {
    const folder = await deliveredFolder();
    const span = { from: end, to: '2026-11-22T16:01:31Z' };
    const elsewhere = { ...place, bucket: 'new-bucket', prefix: 'audit/AWSLogs/' };
    await writeChain(
      folder.directory,
      digestChain(elsewhere, hoursOf([], span), { after: digestAt(folder, 4) }),
    );
    expect(await folder.validate()).toMatchObject({
      verdict: 'verified',
      chains: [{ digests: 6, bucket: 'new-bucket' }],
    });
  });
});

describe('A backfill digest', () => {
  const late = logKey('12:30');

  /** Written hours later for a log file that its hour's digest left out. */
  const writeBackfill = async (folder: DeliveredFolder, keepSignature: boolean): Promise<string> => {
    await folder.write(late, gzipSync(logContent('12:30')));
    const hour = { start: '2026-11-22T12:01:31Z', end: '2026-11-22T13:01:31Z' };
    const logs = [{ key: late, content: Buffer.from(logContent('12:30')) }];
    const [plain] = digestChain(place, [{ ...hour, logs }]);
    if (!plain) throw new Error('There is no digest.');
    const digestS3Object = plain.key.replace('.json.gz', '_backfill.json.gz');
    const backfill = signedDigest({ ...plain.document, digestS3Object }, signingKey(region));
    await writeChain(folder.directory, [backfill]);
    if (!keepSignature) await folder.remove(`${backfill.key}.signature`);
    return backfill.key;
  };

  test('proves a log that was delivered late, in a chain of its own, without gaps', async () => {
    const folder = await deliveredFolder();
    await writeBackfill(folder, true);
    const integrity = await folder.validate({ period: { from: begin, to: end } });
    expect(integrity).toMatchObject({
      verdict: 'verified',
      logs: { verified: 6 },
      chains: [
        { backfill: false, digests: 4 },
        { backfill: true, digests: 1, gaps: [], verdict: 'verified' },
      ],
    });
    expect(integrity.chains[1]?.hours).toBeUndefined();
  });

  test('proves nothing without its signature', async () => {
    const folder = await deliveredFolder();
    const key = await writeBackfill(folder, false);
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'partly', logs: { verified: 5, unproven: 1 } });
    expect(faultsOf(integrity)).toEqual([`signatureMissing ${key}`]);
  });

  test('covers no hour by itself', async () => {
    const folder = await emptyFolder();
    await writeBackfill(folder, true);
    expect(await folder.validate()).toMatchObject({ verdict: 'partly', logs: { verified: 1 } });
  });
});

test('The writer of digests for tests gives each account and region a chain', async () => {
  const folder = await deliveredFolder();
  const path = logKey('11:30').replaceAll(account, '444455556666').replaceAll(region, 'eu-west-1');
  await folder.write(path, gzipSync(logContent('11:30')));
  const chains = await writeDigests(folder.directory, { from: begin, to: end });
  expect(chains.map((chain) => chain.length)).toEqual([4, 4]);
});
