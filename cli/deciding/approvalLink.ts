import { type ApprovalLink, approvalLinkIn } from '#client/approvalLink.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';

/**
 * The link of a mail, or what stands after its `#`. Throws a `CommandError` for one that leads elsewhere than to the service: its token must
 * not be sent anywhere, and whoever made it may want it to be.
 */
export function approvalLinkOf(text: string, serviceUrl: string): ApprovalLink {
  const [address = '', fragment] = text.trim().split('#');
  if (fragment !== undefined) checkOrigin(address, serviceUrl);
  const link = approvalLinkIn(fragment ?? address);
  if (link) return link;
  throw new CommandError(
    text.trim().startsWith('cs1.')
      ? 'This token does not say which request it is for. Copy the whole link from the mail.'
      : 'This is no approval link, or a part of it is missing. Copy the whole link from the mail.',
  );
}

function checkOrigin(address: string, serviceUrl: string): void {
  const own = new URL(serviceUrl).origin;
  const origin = URL.parse(address)?.origin;
  if (origin === own) return;
  throw new CommandError(
    `This link leads to ${origin === undefined ? 'another place' : visibleLine(origin)}, and you are signed in to ${own}. Nothing was sent. ` +
      'If the mail is from another Countersign, name that one: --url. If in doubt, tell your security team.',
  );
}
