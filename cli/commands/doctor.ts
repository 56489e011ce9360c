import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { answer } from '../terminal/answer.ts';

export const doctor = command({
  name: 'doctor',
  says: 'Looks at this machine: Node, files and their permissions, whether what is kept can be written, where secrets are kept, the service and its clock, your sign-in, the AWS CLI, profiles, keys that should be gone. Says what to do about what is wrong, and then answers 1.',
  options: {},
  examples: [
    ['countersign doctor', 'what is wrong here'],
    ['countersign doctor --json', 'the same, for a support ticket: no secret is in it'],
  ],
  async run({ values }) {
    const { findAll } = await import('../doctor/checks.ts');
    const { findingLines } = await import('../doctor/findingLines.ts');
    const findings = await findAll();
    const isFine = findings.every(({ state }) => state !== 'wrong');
    answer({ isFine, findings }, () => findingLines(findings, process.stdout), values);
    return isFine ? exitCodes.done : exitCodes.no;
  },
});
