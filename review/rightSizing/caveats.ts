import type { AccountView } from './accountView.ts';
import type { EntitlementUse, GrantedAction } from './entitlementUse.ts';
import type { GrantedPolicy } from './grantedPolicy.ts';
import { mostActions } from './observedUse.ts';
import type { Proposal } from './proposal.ts';

interface Circumstances {
  counts: Pick<EntitlementUse, 'grants' | 'sessions' | 'calls'>;
  /** Absent where neither a session nor a catalogue says what is granted. */
  granted?: GrantedPolicy | undefined;
  /** What the logs show of the target's account; absent where they show nothing. */
  view?: AccountView | undefined;
  actions?: readonly GrantedAction[] | undefined;
  unexplained?: readonly string[] | undefined;
  /** Whether all that was done is looked at. */
  isWhole?: boolean | undefined;
  proposal?: Proposal | undefined;
}

/** What the numbers and the proposal cannot know, and what to do about it. */
export function caveatsOf(circumstances: Circumstances): string[] {
  const { counts, granted, unexplained = [], isWhole = true } = circumstances;
  if (counts.grants === 0) return ['Nobody got it over the period: ask whether it is still needed.'];
  if (!granted)
    return [
      'Neither a session policy nor a catalogue says what it grants: name the catalogue with --catalogue.',
    ];
  const { account, unknown, managedPolicies, earlier } = granted;
  return [
    ...sentence(counts.sessions === 0, 'No session was issued under its grants.'),
    ...visibilityCaveats(circumstances, account),
    ...sentence(
      unknown > 0,
      'Its session policies allow in a form that no entitlement has, such as NotAction: nothing is proposed.',
    ),
    ...sentence(
      !isWhole,
      `More than ${mostActions} different actions were called: those beyond are left out, and nothing is proposed.`,
    ),
    ...managedPolicies.map(
      (arn) =>
        `What ${arn} allows is not listed here; IAM’s last accessed information shows what of it was used.`,
    ),
    ...sentence(
      earlier.length > 0,
      'Its policy changed within the period: what is said here is about the newest, and calls under the earlier ones count too.',
    ),
    ...sentence(
      unexplained.length > 0,
      `It is not known which action of a policy allowed these calls, so what may have is kept: ${someOf(unexplained)}.`,
    ),
    ...proposalCaveats(circumstances.proposal, granted),
  ];
}

function visibilityCaveats({ view, actions = [] }: Circumstances, account: string): string[] {
  if (!view)
    return [
      `Nothing of account ${account} is in these logs, so nothing can be called unused: review its log files too.`,
    ];
  const unseen = actions.filter(({ visible, pattern }) => !visible && !pattern.startsWith('arn:'));
  return [
    ...sentence(
      unseen.length > 0,
      `Calls under ${unseen.map(({ pattern }) => pattern).join(', ')} may not show in these logs, so they are kept; data events, switched on in account ${account}, show those that CloudTrail can log.`,
    ),
    ...sentence(
      !view.reads,
      `No management event that reads was seen in account ${account}: its trail may log writes only.`,
    ),
  ];
}

function proposalCaveats(proposal: Proposal | undefined, { entry }: GrantedPolicy): string[] {
  switch (proposal?.outcome) {
    case undefined:
      return [];
    case 'nothing used':
      return ['Nothing of it was used: ask whether it is still needed.'];
    case 'nothing to take away':
      return ['Nothing can be taken away by what these logs show.'];
    case 'too long':
      return [
        `A policy of what was used is no entry for the catalogue: it ${proposal.faults.join(', and ')}.`,
      ];
    case 'narrower':
      return [
        'The proposal allows what was done in this period and no more: let those who use the entitlement check it before you deploy it.',
        ...sentence(
          proposal.resourcesNarrowed,
          'Its resources are those that the calls named: others of the same kind are left out.',
        ),
        ...sentence(
          entry === undefined,
          'The catalogue entry’s Deny statements are in no session policy: keep them beside it.',
        ),
      ];
  }
}

/** Names that a sentence lists. */
const mostNamed = 20;

function someOf(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const sentence = (when: boolean, text: string): string[] => (when ? [text] : []);
