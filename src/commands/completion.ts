import type { RunCommand } from './command.js';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const loading = `Loading it:
  bash   echo 'source <(stage completion bash)' >> ~/.bashrc
  bash 3 stage completion bash > ~/.stage.bash; echo 'source ~/.stage.bash' >> ~/.bashrc
  zsh    echo 'source <(stage completion zsh)' >> ~/.zshrc, below compinit
  fish   stage completion fish > ~/.config/fish/completions/stage.fish
On Tab it completes commands, options and their values, the stages of .stagerc, files, and from the stage file that the line names its variables and methods. It never asks AWS.`;

export const completion: RunCommand = {
  name: 'completion',
  also: ['completions', 'autocomplete'],
  summary: 'Print the script that completes command lines in bash, zsh or fish',
  usage: shells.join('|'),
  example: 'source <(stage completion bash)',
  more: () => loading,
  does: 'complete',
  options: [],
  targets: 1,
  takes: 'one shell',
  wordChoices: shells,
  words: 'none',
};
