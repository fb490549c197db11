import type { Notice } from '../stage/plan.js';
import type { Stage } from '../stage/stage.js';
import { endCanary, expectingCanary, shiftTo, stateOption, testsOfCanary } from './canary.js';
import { type EditCommand, oneCall, optionsUnder } from './command.js';

const nothingToAbort = { code: 'no-canary', message: 'The stage has no canary, so there is nothing to abort.' };

const serving = ({ deploymentId = 'an unknown id' }: Stage): Notice => ({
  code: 'production-serves',
  message: `Production serves deployment ${deploymentId}.`,
});

export const abortCanary: EditCommand = {
  name: 'abort-canary',
  also: ['abort', 'canary-abort', 'cancel-canary', 'stop-canary'],
  summary: 'Take all requests back from the canary',
  usage: '[TARGET]',
  example: 'stage abort-canary prod.json --remove',
  does: 'edit',
  options: [
    optionsUnder('Canary')('remove', undefined, 'End the canary too (default: it stays at 0 percent)'),
    expectingCanary('Canary', 'Abort only the canary of this deployment'),
    stateOption,
  ],
  targets: 1,
  words: 'none',
  stopsRollout: true,
  intends: ['canary-at-zero', 'canary-on-own-deployment', 'canary-not-promoted'],
  plan: (input) => {
    const { stage, options } = input;
    // A clean-up job that runs twice must not fail.
    if (stage.canarySettings === undefined) return { calls: [], notices: [nothingToAbort, serving(stage)] };
    const operations = options['remove'] === true ? [endCanary] : shiftTo(stage, 0);
    return oneCall([...testsOfCanary(input), ...operations], [serving(stage)]);
  },
};
