import { deflateRawSync } from 'node:zlib';
import type { AssumeRoleRequest } from './assumeRoleRequest.ts';

/**
 * STS does not publish how it packs tags and policies into the session token. Tags, from what it was seen to
 * answer: nine tags of a two-character key and 250 equal characters take 498 %, two tags of one character
 * each side 2 %. So tags are not compressed, and about 459 bytes, with two more for each tag, are all there is.
 * https://github.com/aws-actions/configure-aws-credentials/issues/1898
 */
const tagBytes = 459;
const bytesPerTag = 2;

/** No such measure is known for policies: an estimate that lets most policies of 2,048 characters pass. */
const compressedPolicyBytes = 1024;

/** Share of STS's packed size that the session policies and tags of a request take, in whole percent; an estimate. */
export function packedPolicySize(request: Pick<AssumeRoleRequest, 'tags' | 'policy' | 'policyArns'>): number {
  const tags = request.tags.reduce(
    (sum, { key, value }) => sum + Buffer.byteLength(key) + Buffer.byteLength(value) + bytesPerTag,
    0,
  );
  const policies = [
    ...request.policyArns,
    ...(request.policy === undefined ? [] : [minified(request.policy)]),
  ];
  const packed = policies.length === 0 ? 0 : deflateRawSync(policies.join('\n'), { level: 9 }).length;
  return Math.round((tags / tagBytes + packed / compressedPolicyBytes) * 100);
}

const minified = (policy: string): string => JSON.stringify(JSON.parse(policy));
