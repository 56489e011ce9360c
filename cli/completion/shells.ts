import type { Candidate } from './candidates.ts';

interface Shell {
  /** What the shell runs once; it asks this command at each key. */
  script: string;
  /** A candidate as the script reads it. */
  line(candidate: Candidate): string;
}

const withDescription =
  (separator: string) =>
  ({ word, says }: Candidate): string =>
    says === '' ? word : `${word}${separator}${says}`;

/** Where nothing is known, each goes on with names of files. */
export const shells = {
  bash: {
    script: `# Into ~/.bashrc: eval "$(countersign completion bash)"
_countersign() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("$candidate")
  done < <(countersign completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _countersign countersign
`,
    line: ({ word }) => word,
  },
  zsh: {
    script: `#compdef countersign
# Into ~/.zshrc, below compinit: eval "$(countersign completion zsh)"
_countersign() {
  local -a candidates
  if candidates=("\${(@f)$(countersign completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"); then
    _describe countersign candidates
  else
    _files
  fi
}
compdef _countersign countersign
`,
    line: ({ word, says }) => withDescription(':')({ word: word.replaceAll(':', '\\:'), says }),
  },
  fish: {
    script: `# Into ~/.config/fish/completions/countersign.fish: countersign completion fish
function __countersign
    set -l words (commandline -opc) (commandline -ct)
    countersign completion fish -- $words[2..-1] 2>/dev/null
    or __fish_complete_path (commandline -ct)
end
complete -c countersign -f -a '(__countersign)'
`,
    line: withDescription('\t'),
  },
} as const satisfies Record<string, Shell>;

export type ShellName = keyof typeof shells;
export const shellNames = Object.keys(shells) as ShellName[];
