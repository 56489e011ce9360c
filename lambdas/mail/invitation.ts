import type { AccessRequest } from '#domain/accessRequest.ts';
import { describeDuration } from '#domain/duration.ts';
import type { CatalogueEntry } from '#domain/entitlement.ts';
import type { Instant } from '#domain/instant.ts';
import { describePermissions } from '#domain/permissions.ts';
import type { Requester } from '#domain/terms.ts';
import { inertLine } from './inertText.ts';
import { describeInstant, type Fact, type Letter, layOut, type Mail } from './mailLayout.ts';

export type InvitationKind = 'invitation' | 'escalation' | 'reminder';

interface About {
  request: AccessRequest;
  /** The entry that was asked for: the caller has checked that its digest is the request's. */
  entry: CatalogueEntry;
  /** Where the service answers, without a path of its own: `https://access.example.com`. */
  baseUrl: string;
}

/**
 * Asks one approver to decide: everything they decide on, all of it derived by the server, and one link with their approval
 * token in its fragment, which no server log ever sees.
 */
export function invitationMail(
  options: About & { approver: string; token: string; kind: InvitationKind },
): Mail {
  const { request, entry, approver, token, kind } = options;
  const { terms } = request;
  const asked = `${nameOf(terms.requester)} asks for access: ${entry.entitlement.title}`;
  return layOut({
    subject: `${subjectPrefix[kind]}${asked} (${entry.account.title})`,
    opening: [`${asked}.`, reasonFor[kind]],
    facts: [
      ...factsOf(options),
      ...startFact(request),
      ...decisionFacts(request),
      { label: 'Decide until', value: describeInstant(terms.expiresAt) },
      { label: 'Request', value: terms.id },
    ],
    quotes: justification(request),
    action: { label: 'Open the request to approve or deny it', url: pageOf(options, `${terms.id}.${token}`) },
    closing: [
      `This link is for ${approver} alone: it works once you have signed in as yourself. Opening it decides nothing.`,
      'If nobody decides in time, the request expires and no access is given.',
    ],
  });
}

/** Tells an approver that break-glass was used without an approval, and asks for the review. It carries no token. */
export function breakGlassMail(options: About & { reviewBy: Instant }): Mail {
  const { request, entry, reviewBy } = options;
  const { terms } = request;
  const used = `${nameOf(terms.requester)} used break-glass: ${entry.entitlement.title}`;
  return layOut({
    subject: `Break-glass: ${used} (${entry.account.title})`,
    opening: [
      `${used}.`,
      'Access was given without an approval. Revoke it if it should not be; review it in any case, whether it is still running or over.',
    ],
    facts: [
      ...factsOf(options),
      { label: 'Asked at', value: describeInstant(terms.createdAt) },
      ...windowFact(request),
      { label: 'Review until', value: describeInstant(reviewBy) },
      { label: 'Request', value: terms.id },
    ],
    quotes: justification(request),
    action: { label: 'Open the request to review or revoke it', url: pageOf(options, terms.id) },
    closing: ['Until somebody else has reviewed it, this person cannot use break-glass again.'],
  });
}

const subjectPrefix: Record<InvitationKind, string> = {
  invitation: '',
  escalation: 'Escalated: ',
  reminder: 'Reminder: ',
};

const reasonFor: Record<InvitationKind, string> = {
  invitation: 'You are one of the approvers. Please approve exactly this, or deny it.',
  escalation:
    'Its approvers have not decided yet, so you may decide as well. Please approve exactly this, or deny it.',
  reminder: 'It still waits for a decision. Please approve exactly this, or deny it.',
};

/** An address is ASCII and was verified at sign-in; a machine has none. */
export const nameOf = ({ email, subject }: Pick<Requester, 'email' | 'subject'>): string =>
  email ?? `the machine ${inertLine(subject)}`;

/** What is asked for, as the catalogue and the sealed terms have it. */
function factsOf({ request: { terms }, entry: { account, entitlement } }: About): Fact[] {
  const { requester, ticket, durationSeconds } = terms;
  const verified = requester.kind === 'human' ? 'verified at sign-in' : 'verified by its token';
  // A value is plain ASCII, but it may still spell an address.
  const parameters = Object.fromEntries(
    Object.entries(terms.parameters).map(([name, value]) => [name, inertLine(value)]),
  );
  return [
    {
      label: 'Requester',
      value: `${nameOf(requester)} (${verified}; may ask as ${requester.groups.join(', ')})`,
    },
    { label: 'Access', value: `${entitlement.title} (${terms.entitlement})` },
    { label: 'Account', value: `${account.title} (${account.id})` },
    { label: 'It allows', value: describePermissions(entitlement, parameters) },
    ...Object.entries(parameters).map(([name, value]) => ({
      label: entitlement.parameters[name]?.title ?? name,
      value,
    })),
    { label: 'For', value: describeDuration(durationSeconds) },
    { label: 'Ticket', value: ticket === undefined ? 'none given' : inertLine(ticket) },
  ];
}

const startFact = ({ terms: { startAt } }: AccessRequest): Fact[] => [
  {
    label: 'From',
    value:
      startAt === undefined
        ? 'the moment of the last needed approval'
        : `${describeInstant(startAt)}, or the last needed approval if that is later`,
  },
];

const windowFact = (request: AccessRequest): Fact[] =>
  'window' in request && request.window
    ? [{ label: 'Ends at', value: describeInstant(request.window.endsAt) }]
    : [];

const decisionFacts = ({ decisions }: AccessRequest): Fact[] =>
  decisions.length === 0
    ? []
    : [
        {
          label: 'Approved so far by',
          value: decisions.map(({ approver, durationSeconds }) => approval(approver.email, durationSeconds)),
        },
      ];

const approval = (email: string, seconds: number | undefined): string =>
  seconds === undefined ? email : `${email}, for ${describeDuration(seconds)} only`;

const justification = ({ terms }: AccessRequest): NonNullable<Letter['quotes']> => [
  { label: `Why, in the words of ${nameOf(terms.requester)}`, text: terms.justification },
];

const pageOf = ({ baseUrl }: About, fragment: string): string =>
  `${baseUrl.replace(/\/+$/, '')}/approve#${fragment}`;
