import { type ApprovalLink, approvalLinkIn } from '#client/approvalLink.ts';

const key = 'countersign.link';

export type Arrival = { kind: 'link'; link: ApprovalLink } | { kind: 'damaged' } | { kind: 'none' };

/**
 * Takes the link out of the address bar at once, so that it stays neither in the history nor on a shared screen, and keeps
 * it for this tab alone, across the sign-in. Without a fragment it is the link that this tab came with before.
 */
export function takeLink(): Arrival {
  const fragment = location.hash.slice(1);
  if (fragment === '') return arrivalOf(sessionStorage.getItem(key) ?? '');
  history.replaceState(null, '', location.pathname + location.search);
  return keepLink(fragment);
}

/** For a link that is pasted as a whole because a mail program dropped what follows the `#`. */
export function keepLink(text: string): Arrival {
  const arrival = arrivalOf(text.trim().split('#').at(-1) ?? '');
  if (arrival.kind === 'link') sessionStorage.setItem(key, linkText(arrival.link));
  else sessionStorage.removeItem(key);
  return arrival;
}

/** Once decided, the token is worth nothing and goes; the page can still show the request. */
export function forgetToken({ requestId }: ApprovalLink): void {
  sessionStorage.setItem(key, requestId);
}

function arrivalOf(text: string): Arrival {
  if (text === '') return { kind: 'none' };
  const link = approvalLinkIn(text);
  return link ? { kind: 'link', link } : { kind: 'damaged' };
}

const linkText = ({ requestId, token }: ApprovalLink): string =>
  token === undefined ? requestId : `${requestId}.${token}`;
