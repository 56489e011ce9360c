import { command } from '../command.ts';
import { type ShellName, shellNames, shells } from '../completion/shells.ts';
import { exitCodes } from '../exitCodes.ts';
import { answer } from '../terminal/answer.ts';

export const completion = command({
  name: 'completion',
  says: 'Prints what a shell needs to complete commands, options, and the requests and entitlements that this machine remembers.',
  words: [{ name: 'SHELL', says: 'the shell', values: shellNames }],
  after: {
    name: 'WORD',
    says: 'asked by the script itself: what may stand in the place of the last one. 1 if nothing is known',
    optional: true,
    multiple: true,
  },
  options: {},
  examples: [
    ['eval "$(countersign completion bash)"', 'in ~/.bashrc'],
    ['eval "$(countersign completion zsh)"', 'in ~/.zshrc, below compinit'],
    ['countersign completion fish > ~/.config/fish/completions/countersign.fish', 'once'],
  ],
  async run({ values, words: [shell], after }) {
    const { script, line } = shells[shell as ShellName];
    if (after.length === 0) {
      answer({ shell, script }, () => [script.trimEnd()], values);
      return exitCodes.done;
    }
    const { candidatesFor } = await import('../completion/candidates.ts');
    const candidates = await candidatesFor(after);
    answer(candidates, () => candidates.map(line), values);
    return candidates.length > 0 ? exitCodes.done : exitCodes.no;
  },
});
