import type { AccessRequestDetail } from '#client/answers.ts';
import { waysToUse } from './waysToUse.ts';

/** What the caller can do about a request as it stands; nothing where there is nothing to do. */
export function nextStep(request: AccessRequestDetail): string[] {
  const { id, roles } = request;
  if (roles.includes('requester')) return requesterStep(request);
  return [
    ...(roles.includes('approver') ? approverStep(request) : []),
    ...((roles.includes('approver') || roles.includes('admin')) && isGranted(request)
      ? [`To end the access: countersign revoke ${id} --because "…"`]
      : []),
  ];
}

function approverStep({ id, status, breakGlass, review }: AccessRequestDetail): string[] {
  if (status === 'pending')
    return [
      'To approve it, copy the link from your mail and run: countersign approve',
      `To deny it: countersign deny ${id} --because "…"`,
    ];
  return breakGlass && !review ? [`To review it: countersign review-break-glass ${id}`] : [];
}

function requesterStep(request: AccessRequestDetail): string[] {
  const { id, status, entitlement } = request;
  if (status === 'active') return waysToUse(request);
  if (status === 'scheduled') return [`If you need it no more: countersign return ${id}`];
  if (status === 'pending')
    return [
      `To ask the approvers once more: countersign remind ${id}`,
      `To withdraw it: countersign cancel ${id}`,
    ];
  return [`To ask again: countersign request ${entitlement} --because "…"`];
}

const isGranted = ({ status }: AccessRequestDetail): boolean => status === 'active' || status === 'scheduled';
