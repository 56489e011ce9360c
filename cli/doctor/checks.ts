import { complaintOf } from '../complaint.ts';
import { awsCli } from './awsCli.ts';
import { type Check, type Finding, wrong } from './check.ts';
import { files } from './files.ts';
import { leftovers } from './leftovers.ts';
import { node } from './node.ts';
import { profiles } from './profiles.ts';
import { secrets } from './secrets.ts';
import { service } from './service.ts';
import { signIn } from './signIn.ts';
import { writable } from './writable.ts';

const checks: readonly Check[] = [
  node,
  files,
  writable,
  secrets,
  service,
  signIn,
  awsCli,
  profiles,
  leftovers,
];

/** Everything that doctor looks at, all at once: the slow ones wait for a network. */
export async function findAll(): Promise<Finding[]> {
  const found = await Promise.all(
    checks.map(async ({ about, find }) => {
      const findings = await find().catch((error: unknown) => [wrong(complaintOf(error).message)]);
      return findings.map((finding) => ({ about, ...finding }));
    }),
  );
  return found.flat();
}
