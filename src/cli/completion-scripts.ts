import { basename } from 'node:path';
import { ConfigError } from '../config/error.ts';
import type { Io } from './io.ts';

/** The shells that there are scripts for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Prints the script for the shell that is named, or for that of the user. */
export const printCompletion = ([operand, ...more]: readonly string[], { env, stdout }: Io): 0 => {
  const name = operand ?? basename(env.SHELL ?? '');
  const shell = SHELLS.find((each) => each === name);
  if (shell === undefined || more.length > 0)
    throw new ConfigError(`completion needs the name of a shell: ${SHELLS.map((each) => `\`${each}\``).join(', ')}`);
  stdout.write(SCRIPTS[shell]);
  return 0;
};

/** Each asks the program itself, and leaves paths to the shell where it knows nothing. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# In ~/.bashrc: source <(iechorlint completion bash)
_iechorlint() {
  local IFS=$'\\n'
  COMPREPLY=($(iechorlint --get-completions bash "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null))
}
complete -o bashdefault -o default -F _iechorlint iechorlint
`,
  zsh: `#compdef iechorlint
# In ~/.zshrc, below compinit: source <(iechorlint completion zsh)
_iechorlint() {
  local -a found
  found=("\${(@f)$(iechorlint --get-completions zsh "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then
    _describe iechorlint found
  else
    _files
  fi
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _iechorlint "$@"
else
  compdef _iechorlint iechorlint
fi
`,
  fish: `# iechorlint completion fish > ~/.config/fish/completions/iechorlint.fish
function __iechorlint_complete
    set -l current (commandline -ct)
    set -l found (iechorlint --get-completions fish (commandline -opc) "$current" 2>/dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c iechorlint -f -a '(__iechorlint_complete)'
`,
};
