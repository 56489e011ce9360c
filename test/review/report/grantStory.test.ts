import { describe, expect, it } from 'vitest';
import { figuresOf } from '#review/report/grantFigures.ts';
import { grantSteps } from '#review/report/grantSteps.ts';
import { type Step, storyOf } from '#review/report/grantStory.ts';
import { textOf } from '#review/report/html.ts';
import { aCall, aGrant, refusedCall } from './builders.ts';

const told = (step: Step): string =>
  step.kind === 'entry'
    ? step.entry.evidence.event
    : step.kind === 'calls'
      ? `${step.calls.name}×${step.calls.count}${step.calls.denied ? ' refused' : ''}${step.calls.late ? ' late' : ''}`
      : step.kind;

const grant = aGrant({
  id: '01KANB1X000000000000000001',
  status: 'revoked',
  requestedAt: '2026-11-22T10:00:00Z',
  events: [
    ['approved', 60, 'bob@example.com'],
    ['issued', 61, 'countersign'],
    ['revoked', 600, 'ada@example.com'],
    ['closed', 601, 'countersign'],
  ],
  window: { after: 60, seconds: 3_600 },
  calls: [
    aCall({ at: '2026-11-22T10:02:00Z' }),
    aCall({ at: '2026-11-22T10:03:00Z' }),
    refusedCall('2026-11-22T10:04:00Z', 'GetItem'),
    aCall({ at: '2026-11-22T10:20:00Z' }),
  ],
});

describe('The story of a grant', () => {
  it('tells calls between the entries, those of one action and outcome together', () => {
    expect(storyOf(grant).map(told)).toEqual([
      'requested',
      'approved',
      'issued',
      'GetItem×2',
      'GetItem×1 refused',
      'revoked',
      'closed',
      'GetItem×1 late',
    ]);
  });

  it('tells what was put on record late when it happened', () => {
    const late = grant.chain.links.map((link) =>
      link.evidence.event === 'revoked'
        ? { ...link, evidence: { ...link.evidence, at: '2026-11-22T10:30:00Z' } }
        : link,
    );
    const chain = { ...grant.chain, links: late };
    expect(storyOf({ ...grant, chain })).toEqual(
      storyOf(grant).map((step) =>
        step.kind === 'entry' && step.entry.evidence.event === 'revoked' ? { ...step, entry: late[3] } : step,
      ),
    );
    const page = textOf(grantSteps({ ...grant, chain }));
    expect(page.replaceAll(/<[^>]*>/g, '')).toContain(
      'revoked it 51 minutes before its end (attested later, at 10:30',
    );
    expect(textOf(grantSteps(grant))).not.toContain('attested later');
  });

  it('tells every call once, also where evidence came late and out of order', () => {
    const links = grant.chain.links.map((link) =>
      link.evidence.event === 'revoked' ? { ...link, happenedBy: '2026-11-22T10:30:00Z' } : link,
    );
    const steps = storyOf({ ...grant, chain: { ...grant.chain, links } });
    const calls = steps.flatMap((step) => (step.kind === 'calls' ? step.calls.count : []));
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(steps.flatMap((step) => (step.kind === 'entry' ? step.entry.evidence.event : []))).toEqual([
      'requested',
      'approved',
      'issued',
      'revoked',
      'closed',
    ]);
  });

  it('tells calls also where no evidence is left', () => {
    const bare = { ...grant, sessions: grant.sessions, chain: { ...grant.chain, links: [] } };
    expect(storyOf(bare).map(told)).toEqual(['GetItem×2', 'GetItem×1 refused', 'GetItem×1 late']);
  });

  it('tells of a session that no evidence answers for', () => {
    const sessions = grant.sessions.map((session) => ({ ...session, attestedBy: undefined }));
    expect(storyOf({ ...grant, sessions }).map(told)).toContain('unattested');
  });

  it('names what calls were done to only where it was one thing', () => {
    const objects = storyOf(grant).flatMap((step) => (step.kind === 'calls' ? [step.calls.object] : []));
    expect(objects).toEqual(Array(3).fill('arn:aws:dynamodb:eu-central-1:111122223333:table/orders'));
  });
});

describe('A grant in numbers', () => {
  it('counts what came after the end, which is the first of window’s end and early end', () => {
    expect(figuresOf(grant)).toMatchObject({ calls: 4, errors: 1, denied: 1, callsAfterEnd: 1 });
    const whole = {
      ...grant,
      end: undefined,
      window: { startsAt: grant.requestedAt, endsAt: '2026-11-22T10:03:30Z' },
    };
    expect(figuresOf(whole).callsAfterEnd).toBe(2);
  });
});
