import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Check, fine, note, wrong } from './check.ts';

/** Whether the AWS CLI is there, and can take credentials from a command. */
export const awsCli: Check = {
  about: 'AWS CLI',
  async find() {
    const version = await installed();
    if (version === undefined)
      return [note('is not installed. AWS’s SDKs do without it; for the rest: https://aws.amazon.com/cli/')];
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major >= 2) return [fine(version)];
    if (major === 1 && minor >= 16)
      return [note(`${version}: profiles and countersign exec work; AWS maintains version 2`)];
    return [
      wrong(
        `${version} cannot take credentials from a command. Install version 2: https://aws.amazon.com/cli/`,
      ),
    ];
  },
};

/** `aws-cli/2.31.35 Python/3.13.9 Linux/6.1`; version 1 said so on stderr until 2019. */
async function installed(): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)('aws', ['--version'], { timeout: 20_000 });
    return /aws-cli\/(\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1];
  } catch {
    return undefined;
  }
}
