import type { Integrity, IntegrityFault } from './integrity.ts';

/** Why nothing is proven though digests were given, and what to do about it; undefined where it is not so. */
export function whyUnproven({ verdict, faults }: Pick<Integrity, 'verdict' | 'faults'>): string | undefined {
  if (verdict !== 'unproven') return undefined;
  const some = (kind: IntegrityFault['kind']): boolean => faults.some((fault) => fault.kind === kind);
  if (some('keyUnknown'))
    return 'digests prove nothing without the public keys that they are signed with: fetch them with aws cloudtrail list-public-keys, and give them with --keys';
  if (some('signatureMissing'))
    return 'digests prove nothing without a signature: fetch that of the newest one of each chain with aws s3api head-object';
  return 'no digest names any of the log files: fetch the digests of their accounts and regions';
}
