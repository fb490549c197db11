import type { RunCommand } from './command.js';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const loading = `To load it:
  bash  echo 'source <(stage completion bash)' >> ~/.bashrc
        in bash 3.2, save the script to a file and source that
  zsh   echo 'source <(stage completion zsh)' >> ~/.zshrc
        below the line that runs compinit
  fish  stage completion fish > ~/.config/fish/completions/stage.fish

Tab then completes commands, options and their values, the stages of .stagerc, files, and variables and methods of the stage file that the line names. It never asks AWS.`;

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
