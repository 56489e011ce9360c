import type { AccessRequest } from '#domain/accessRequest.ts';
import { approversOf, isEscalated } from '#domain/approvalRules.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import type { CatalogueEntry } from '#domain/entitlement.ts';
import type { Instant } from '#domain/instant.ts';
import { reviewDueAt } from '#domain/nextStep.ts';
import { approvalTokenHash, approvalTokenMessage, approvalTokenText } from '#domain/seals.ts';
import type { GenerateMac } from '../adapters/macKey.ts';
import { deliver as deliverMail, type Letter, type SendMail } from '../adapters/mailer.ts';
import type { Invitation, StoredRequest } from '../adapters/requestItem.ts';
import { breakGlassMail, invitationMail } from '../mail/invitation.ts';
import type { Mail } from '../mail/mailLayout.ts';
import { undeliverableMail } from '../mail/notice.ts';
import type { AnnouncePorts } from '../runtime/announce.ts';
import { saveAfter } from '../runtime/change.ts';

export interface InvitePorts extends AnnouncePorts {
  catalogue: Catalogue;
  makeToken: GenerateMac;
  sendMail: SendMail;
}

interface Circumstances {
  entry: CatalogueEntry;
  now: Instant;
}

/**
 * Invites every approver who has not been invited, and again those who are to be reminded. The token's hash is on the
 * record before the mail is out, and the mail counts as sent only when it was: a crash in between sends it again.
 */
export async function invite(
  ports: InvitePorts,
  stored: StoredRequest,
  circumstances: Circumstances,
): Promise<StoredRequest> {
  const { request, upkeep } = stored;
  const approvers = approversOf(
    ports.catalogue,
    circumstances.entry,
    request.terms,
    circumstances.now,
  ).filter((email) => !hasDecided(request, email) && isDue(upkeep.invitations[email], upkeep.remindedAt));
  if (approvers.length === 0) return stored;
  const tokens = new Map(
    await Promise.all(
      approvers.map(async (email) => [email, await tokenFor(ports, request, email)] as const),
    ),
  );
  return deliver(ports, stored, {
    ...circumstances,
    approvers,
    tokenHash: (email) => approvalTokenHash(tokens.get(email) ?? ''),
    mailFor: (email) =>
      invitationMail({
        request,
        entry: circumstances.entry,
        approver: email,
        token: tokens.get(email) ?? '',
        baseUrl: ports.baseUrl,
        kind: kindOf(stored, email, circumstances),
      }),
  });
}

/** Tells the approvers that break-glass was used, so that one of them reviews or revokes it. No token: there is nothing to approve. */
export async function tellOfBreakGlass(
  ports: InvitePorts,
  stored: StoredRequest,
  circumstances: Circumstances,
): Promise<StoredRequest> {
  const { request, upkeep } = stored;
  const { entry, now } = circumstances;
  const approvers = approversOf(ports.catalogue, entry, request.terms, now).filter((email) =>
    isDue(upkeep.invitations[email], undefined),
  );
  if (approvers.length === 0) return stored;
  const mail = breakGlassMail({
    request,
    entry,
    baseUrl: ports.baseUrl,
    reviewBy: reviewDueAt(request, entry),
  });
  return deliver(ports, stored, {
    ...circumstances,
    approvers,
    tokenHash: () => undefined,
    mailFor: () => mail,
  });
}

interface Delivery extends Circumstances {
  approvers: string[];
  tokenHash: (email: string) => string | undefined;
  mailFor: (email: string) => Mail;
}

async function deliver(
  ports: InvitePorts,
  stored: StoredRequest,
  delivery: Delivery,
): Promise<StoredRequest> {
  const { approvers, tokenHash, mailFor, now } = delivery;
  const { id } = stored.request.terms;
  await Promise.all(approvers.map((email) => ports.store.nameApprover(email, id)));
  const reminded = stored.upkeep.remindedAt;
  const unsent = approvers.map((email) => {
    const hash = tokenHash(email);
    const invitation = { invitedAt: now, sent: 0, ...(reminded && { reminded }) };
    return [email, hash === undefined ? invitation : { ...invitation, tokenHash: hash }] as const;
  });
  const recorded = await saveInvitations(ports, stored, { ...delivery, invitations: unsent });
  const outcomes = await Promise.all(
    unsent.map(
      async ([email, invitation]) =>
        [email, await send(ports, { to: email, requestId: id, mail: mailFor(email) }, invitation)] as const,
    ),
  );
  const sent = await saveInvitations(ports, recorded, { ...delivery, invitations: outcomes });
  await tellOfFailures(ports, sent, { title: delivery.entry.entitlement.title, outcomes });
  return sent;
}

function saveInvitations(
  ports: InvitePorts,
  stored: StoredRequest,
  { invitations, ...circumstances }: Circumstances & { invitations: (readonly [string, Invitation])[] },
): Promise<StoredRequest> {
  const upkeep = {
    ...stored.upkeep,
    invitations: { ...stored.upkeep.invitations, ...Object.fromEntries(invitations) },
  };
  return saveAfter(ports, stored, { ...stored, upkeep }, circumstances);
}

/** A mail that SES refuses for good is shown to the requester; one that an outage held up counts as not sent. */
async function send({ sendMail }: InvitePorts, letter: Letter, invitation: Invitation): Promise<Invitation> {
  const outcome = await deliverMail(sendMail, letter);
  if (outcome === 'failed') return invitation;
  return {
    ...invitation,
    sent: 1,
    ...(outcome === 'refused' && { failed: 'The mail service refused the message.' }),
  };
}

async function tellOfFailures(
  { sendMail, baseUrl }: InvitePorts,
  { request }: StoredRequest,
  { title, outcomes }: { title: string; outcomes: (readonly [string, Invitation])[] },
): Promise<void> {
  const { id: requestId, requester } = request.terms;
  if (requester.email === undefined) return;
  for (const [approver, { failed }] of outcomes)
    if (failed !== undefined)
      await deliverMail(sendMail, {
        to: requester.email,
        requestId,
        mail: undeliverableMail({ request, approver, title, baseUrl }),
      });
}

async function tokenFor(
  { makeToken }: InvitePorts,
  { digest, terms }: AccessRequest,
  approver: string,
): Promise<string> {
  return approvalTokenText(
    await makeToken(approvalTokenMessage({ digest, approver, expiresAt: terms.expiresAt })),
  );
}

const hasDecided = (request: AccessRequest, email: string): boolean =>
  request.decisions.some(({ approver }) => approver.email === email);

const isDue = (invitation: Invitation | undefined, remindedAt: Instant | undefined): boolean =>
  invitation === undefined ||
  invitation.sent === 0 ||
  // A reminder can fall into the second of the mail it asks to repeat: what counts is whether it was answered.
  (remindedAt !== undefined && remindedAt >= invitation.invitedAt && remindedAt !== invitation.reminded);

function kindOf(
  { request, upkeep }: StoredRequest,
  email: string,
  { entry, now }: Circumstances,
): 'invitation' | 'escalation' | 'reminder' {
  const known = upkeep.invitations[email];
  if (known && known.sent > 0) return 'reminder';
  return isEscalated(entry.entitlement, request.terms.createdAt, now) ? 'escalation' : 'invitation';
}
