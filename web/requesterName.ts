import type { AccessRequest } from '#client/answers.ts';

/** The address, or the subject of a machine. */
export const requesterName = ({ requester }: AccessRequest): string => requester.email ?? requester.subject;
