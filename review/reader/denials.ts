/**
 * Error codes by which AWS refuses a call because the caller may not make it. EC2 writes them with `Client.` before them. Not among them:
 * codes that say the credentials are unknown, expired or throttled, and codes of a service's own rules.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const denialCodes = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AccessDeniedFault',
  'AuthorizationError',
  'AuthorizationErrorException',
  'ForbiddenException',
  'KMSAccessDeniedException',
  'NotAuthorized',
  'NotAuthorizedException',
  'Unauthorized',
  'UnauthorizedAccess',
  'UnauthorizedException',
  'UnauthorizedOperation',
  'VpceAccessDenied',
]);

/** Whether AWS refused the call for want of permission. */
export const isDenial = (errorCode: string): boolean => denialCodes.has(errorCode.replace(/^Client\./, ''));
