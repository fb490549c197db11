import type { Problem } from '../stage/problem.js';
import { expectingCanary, percentHint, readPercent, shiftTo, testsOfCanary } from './canary.js';
import { type EditCommand, oneCall, type Request, refuse, usageProblem } from './command.js';

const check = ({ options: { percent = 'nothing' } }: Request): readonly Problem[] =>
  readPercent(percent) === undefined
    ? [usageProblem(`PERCENT, the last word of shift-canary: expected ${percentHint}, got ${percent}.`)]
    : [];

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
    if (input.stage.canarySettings === undefined) return noCanary;
    const percent = readPercent(input.options['percent']) ?? 0;
    return oneCall([...testsOfCanary(input), ...shiftTo(input.stage, percent)]);
  },
};
