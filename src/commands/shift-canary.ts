import type { Problem } from '../stage/problem.js';
import { expectingCanary, percentHint, readPercent, shiftTo, testsOfCanary } from './canary.js';
import { type EditCommand, oneCall, type Request, refuse, usageProblem } from './command.js';

const check = ({ options: { percent } }: Request): readonly Problem[] => {
  if (percent === undefined) return [usageProblem(`shift-canary needs PERCENT as its last word: ${percentHint}.`)];
  if (readPercent(percent) !== undefined) return [];
  return [usageProblem(`PERCENT, the last word of shift-canary: expected ${percentHint}, got ${percent}.`)];
};

const noCanary = refuse(
  'expectation',
  'no-canary',
  'There is no canary to shift traffic to. To start one: stage start-canary TARGET --deployment-id ID.',
);

export const shiftCanary: EditCommand = {
  name: 'shift-canary',
  also: ['shift', 'canary-shift', 'shift-traffic', 'canary-percent', 'set-canary', 'move-canary', 'weight'],
  summary: 'Change the percentage of requests that the canary receives',
  usage: '[TARGET] PERCENT',
  example: 'stage shift-canary prod.json 25%',
  does: 'edit',
  options: [expectingCanary('Canary', 'Shift only the canary of this deployment')],
  targets: 1,
  words: 'none',
  lastWord: 'percent',
  check,
  plan: (input) => {
    const problems = check(input);
    if (problems.length > 0) return { kind: 'usage', problems };
    if (input.stage.canarySettings === undefined) return noCanary;
    const percent = readPercent(input.options['percent']) ?? 0;
    return oneCall([...testsOfCanary(input), ...shiftTo(input.stage, percent)]);
  },
};
