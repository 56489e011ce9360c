/** What the link in an approver's mail names: `<base>/approve#<requestId>.<token>`, or `#<requestId>` alone. */
export interface ApprovalLink {
  requestId: string;
  token?: string;
}

const pattern = /^([0-7][0-9A-HJKMNP-TV-Z]{25})(?:\.(cs1\.[A-Za-z0-9_-]{1,508}))?$/;

/** What stands after the `#` of such a link; undefined where it is none, or not all of it. */
export function approvalLinkIn(fragment: string): ApprovalLink | undefined {
  const [, requestId, token] = pattern.exec(fragment) ?? [];
  return requestId === undefined ? undefined : { requestId, ...(token !== undefined && { token }) };
}
