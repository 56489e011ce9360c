import type { FindingRule } from '../finding.ts';
import { meddlingIn } from '../guardedThings.ts';
import { reachesInto } from '../reachesInto.ts';
import { counted, quoted, someOf } from '../words.ts';

/**
 * The same changes as `tampering`, tried in vain: by caller, call and thing. Low: nothing happened, and somebody tried. Limit: of a
 * refused call CloudTrail mostly does not tell what it was to change, unless the error does.
 */
export const refusedTampering: FindingRule = {
  name: 'refused-tampering',
  promise: 'Nobody tries in vain to change what guards Countersign and the trail.',
  find(material) {
    const refused = meddlingIn(material)
      .filter(({ event }) => event.errorCode !== undefined)
      .filter(({ event: { at } }) => reachesInto(material.period, { at }));
    const same = Map.groupBy(refused, ({ event, thing }) =>
      JSON.stringify([event.caller.arn, event.name, thing]),
    );
    return [...same.values()].flatMap((attempts) => {
      const [first] = attempts;
      if (!first) return [];
      const { event, thing } = first;
      const times = attempts.map((attempt) => attempt.event.at).sort();
      const who = event.caller.arn ?? event.caller.account ?? 'Somebody unnamed';
      return {
        severity: 'low',
        at: times[0],
        until: times.at(-1),
        subject: quoted(thing, 300),
        account: event.account,
        message: `${quoted(who)} tried ${quoted(event.name)} on ${quoted(thing, 300)} in vain, ${counted(attempts.length, 'time')} (${quoted(event.errorCode ?? '')}): ask what it was for.`,
        eventIds: someOf(attempts.map((attempt) => attempt.event.id).sort()),
      };
    });
  },
};
