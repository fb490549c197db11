/** The scripts of `stage completion`. Words are passed as arguments; text is never evaluated. */

import { type Shell, shells } from '../commands/completion.js';
import { type Context, exitCodes } from './context.js';
import { usageError } from './given-options.js';

// Written for bash 3.2, which lacks compopt and mapfile. Bash splits words after = and :, and before @.
const bash = `_stage_complete() {
  local line=\${COMP_LINE:0:COMP_POINT} marks=$'[\\\\\\\\\\'"]' breaks=\${COMP_WORDBREAKS//[^=:@]/}
  local i rest word typed kept='' plain quote='' value end
  local -a words
  words=()
  COMPREPLY=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=\${line#"\${line%%[![:space:]]*}"}
    word=\${COMP_WORDS[i]}
    if ((i == COMP_CWORD)); then word=$rest; fi
    if [[ $i == 0 || $rest != "$line" ]]; then words+=("$word"); else words[\${#words[@]} - 1]+=$word; fi
    line=\${rest#"$word"}
  done
  typed=\${words[\${#words[@]} - 1]}
  if [[ $typed == *[\\'\\"]* ]]; then
    kept=\${typed%"\${typed##*[\\'\\"]}"}
    quote=\${kept:\${#kept} - 1}
  elif [[ -n $breaks ]]; then
    kept=\${typed%"\${typed##*[$breaks]}"} kept=\${kept%@}
  fi
  plain=\${kept//$marks/}
  words=("\${words[@]:1}")
  while IFS=$'\\t' read -r value _; do
    value=\${value#"$plain"}
    case $quote in
      \\') [[ $value == *\\'* ]] && continue ;;
      \\") [[ $value == *[\\"\\$\\\`\\\\!]* ]] && continue ;;
      *)
        end=' '
        [[ $value == *[=/.:] ]] && end=''
        printf -v value %q "$value"
        [[ $kept$value == \\\\~/* ]] && value=\${value#\\\\}
        value+=$end
        ;;
    esac
    COMPREPLY+=("$value")
  done < <(stage __complete "\${words[@]//$marks/}" </dev/null 2>/dev/null)
}
complete -o nospace -F _stage_complete stage
`;

const zsh = `#compdef stage
_stage() {
  local value text home=''
  local -a whole wholeShown part partShown
  [[ $PREFIX == '~/'* ]] && home='~/'
  while IFS=$'\\t' read -r value text; do
    value=\${value#"$home"}
    if [[ $value == *[=/.:] ]]; then
      part+=("$value") partShown+=("$value\${text:+  -- $text}")
    else
      whole+=("$value") wholeShown+=("$value\${text:+  -- $text}")
    fi
  done < <(stage __complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" </dev/null 2>/dev/null)
  [[ -n $home ]] && compset -P '?/'
  compadd -l -V stage -d wholeShown -a whole
  compadd -l -V stage -S '' -d partShown -a part
}
if [[ \${funcstack[1]} == _stage ]]; then _stage "$@"; else compdef _stage stage; fi
`;

const fish = `function __stage_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l typed (commandline -ct | string replace -ra '[\\\\\\\\\\'"]' '')
    stage __complete $words "$typed" </dev/null 2>/dev/null
end
complete -c stage -f -k -a '(__stage_complete)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };

/** Prints the script for a shell. */
export const printScript = async ({ request, world }: Context): Promise<number> => {
  const [word] = request.targets;
  const shell = shells.find((name) => name === word);
  if (shell === undefined)
    throw usageError(`completion: expected one of ${shells.join(', ')}; got ${word ?? 'no shell'}.`);
  world.stdout.write(scripts[shell]);
  return exitCodes.done;
};
