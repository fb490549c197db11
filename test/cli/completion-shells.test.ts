/** The scripts of `stage completion`, each in its shell on a terminal: the text typed before a Tab, and the result. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shell } from '../../src/commands/completion';
import { testWith } from '../tools';
import { examples, newFolder, removeFolders, root } from '../world';

const program = join(root, 'bin/stage.js');

afterAll(removeFolders);

const succeeds = (command: string, ...words: readonly string[]): boolean => spawnSync(command, words).status === 0;

const hasPython = succeeds('python3', '-c', 'import pty');

/** A `stage` that completes on Tab, and records the words of each completion and each run. */
const recorder = (folder: string): string => `#!/bin/sh
record() { { printf '%s\\0' "$@"; printf 'end\\0'; } > "$out"; }
if [ "$1" = __complete ]; then
  '${process.execPath}' '${program}' "$@"
  out='${folder}/asked' record "$@"
else
  out='${folder}/ran' record "$@"
fi
`;

const scriptOf = (shell: Shell): string =>
  spawnSync(process.execPath, [program, 'completion', shell], { encoding: 'utf8' }).stdout;

/** A shell that reads only the script and no configuration of the user, and the setting of its prompt. */
const shells: Readonly<Record<Shell, { readonly start: string; readonly words: readonly string[] }>> = {
  bash: { start: "PS1='READY> '", words: ['--noprofile', '--rcfile', 'start', '-i'] },
  zsh: { start: "PS1='READY> '", words: ['-d', '-i'] },
  fish: {
    start: "function fish_prompt; echo -n 'READY> '; end; set fish_greeting",
    words: ['--no-config', '--init-command', 'source start', '-i'],
  },
};

type Typed = readonly string[];

interface Became {
  /** The words that the shell passed on the last Tab, without the first. */
  readonly asked: readonly string[];
  /** The words of the line that was run. */
  readonly ran: readonly string[];
}

const typeIn = (
  shell: Shell,
  lines: readonly Typed[],
): { readonly became: readonly Became[]; readonly made: string[] } => {
  const { start, words } = shells[shell];
  const compinit = shell === 'zsh' ? 'autoload -Uz compinit; compinit -u -D\n' : '';
  const folder = newFolder({ 'bin/': '', 'home/': '', 'work/.git/': '' });
  const work = newFolder({
    ...examples,
    'my stage.json': '{}',
    'odd.json': '{ "variables": { "$(touch made)": "1" } }',
    'home.json': '{}',
    [shell === 'zsh' ? '.zshrc' : 'start']: `${compinit}${scriptOf(shell)}\n${start}\n`,
  });
  const stage = join(folder, 'bin/stage');
  writeFileSync(stage, recorder(folder));
  chmodSync(stage, 0o755);
  const { stdout, stderr } = spawnSync('python3', [join(root, 'test/tab.py'), folder, shell, ...words], {
    cwd: work,
    env: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
      HOME: work,
      ZDOTDIR: work,
      TERM: 'xterm',
      LANG: 'C.UTF-8',
    },
    input: JSON.stringify(lines),
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  const told = JSON.parse(stdout) as readonly (readonly [string[], string[]])[];
  return {
    became: told.map(([asked, ran]) => ({ asked: asked.slice(1), ran: ran.map((word) => word.replace(work, 'HOME')) })),
    made: readdirSync(work).filter((name) => name.startsWith('made')),
  };
};

/** The texts typed before each Tab and after the last one, and the words of the line that is then run. */
const rows: readonly (readonly [typed: Typed, ran: readonly string[]])[] = [
  [
    ['stage set prod.json --out', 'js', ''],
    ['set', 'prod.json', '--output', 'json'],
  ],
  [
    ['stage set prod.json --output=js', ''],
    ['set', 'prod.json', '--output=json'],
  ],
  [
    ['stage set prod.json --var ord', 'x'],
    ['set', 'prod.json', '--var', 'ordersTable=x'],
  ],
  [
    ['stage set prod.json --variable color=', ''],
    ['set', 'prod.json', '--variable', 'color=blue'],
  ],
  [
    ['stage set ./pr', '-n'],
    ['set', './prod.json', '-n'],
  ],
  [
    ['stage prom', 'pr', ''],
    ['promote-canary', 'prod.json'],
  ],
  [
    ['stage get ./my', ''],
    ['get', './my stage.json'],
  ],
  [
    ["stage get 'my", ''],
    ['get', 'my stage.json'],
  ],
  [
    ['stage get file:pr', ''],
    ['get', 'file:prod.json'],
  ],
  [
    ['stage patch prod.json --patch-operations @pr', ''],
    ['patch', 'prod.json', '--patch-operations', '@prod.json'],
  ],
  [
    ['stage set prod.json --description=@my', ''],
    ['set', 'prod.json', '--description=@my stage.json'],
  ],
  [
    ['stage get odd.json variables.', ''],
    ['get', 'odd.json', 'variables.$(touch made)'],
  ],
  [
    ["stage set shop.json --method 'GET /sea", ' -n'],
    ['set', 'shop.json', '--method', 'GET /search', '-n'],
  ],
  [
    ['stage get shop.json methodSettings.GET\\ /sea', '.cacheT', ''],
    ['get', 'shop.json', 'methodSettings.GET /search.cacheTtlInSeconds'],
  ],
];

const leave = '\u0003';

/** Lines that are only completed: a shell would execute their contents. */
const left: readonly (readonly [typed: Typed, asked: readonly string[]])[] = [
  [
    ['stage set $(touch made-1) --dry', leave],
    ['set', '$(touch made-1)', '--dry'],
  ],
  [
    ['stage set "$(touch made-2)" --dry', leave],
    ['set', '$(touch made-2)', '--dry'],
  ],
  [
    ["stage set '$(touch made-3' --dry", leave],
    ['set', '$(touch made-3', '--dry'],
  ],
];

describe.each(Object.keys(shells) as Shell[])('%s', (shell) => {
  const isThere = hasPython && succeeds(shell, '-c', 'true');
  const lack = hasPython ? `${shell} is not installed` : 'python3 is not installed, which opens its terminal';
  const run = testWith(shell, isThere, `completion in ${shell}`, lack);

  run(
    'completes what is typed, and runs none of it',
    () => {
      const { became, made } = typeIn(
        shell,
        [...rows, ...left].map(([typed]) => typed),
      );
      expect(became.slice(0, rows.length).map(({ ran }) => ran)).toEqual(rows.map(([, ran]) => ran));
      const asked = became.slice(rows.length).map((line) => line.asked);
      expect(asked.map((words) => words.join(' '))).toEqual(left.map(([, words]) => words.join(' ')));
      expect(made).toEqual([]);
    },
    180_000,
  );
});
