import { wholeFrom } from '../text/number.js';
import { parseTime } from '../text/time.js';
import { stateOption } from './canary.js';
import { optionsUnder, type RunCommand } from './command.js';
import { settingOptions } from './options.js';
import { checkStart } from './start-canary.js';

const rollout = optionsUnder('Rollout');
const gates = optionsUnder('Gates');
const canary = optionsUnder('Canary');

const ofStart = { needs: ['deployment-id', 'create-deployment'] };

/** Builds the options that have no effect without one of these gates. */
const ofGates =
  (...needs: readonly string[]): typeof gates =>
  (name, argument, help, more) =>
    gates(name, argument, help, { ...more, needs });

const ofChecks = ofGates('check');
const ofMetrics = ofGates('max');
const ofAll = ofGates('max', 'alarm', 'check');

const time = (text: string) => ({ parse: parseTime, default: text });
const whole = (least: number, text: string) => ({ parse: wholeFrom(least), default: text });
const oneOf = (first: string, ...others: readonly string[]) => ({ choices: [first, ...others], default: first });

const explanation =
  'Shifts the traffic step by step. After each interval it asks the gates; if one fails, it takes the traffic back. If its process ' +
  'ends, run the same command again to go on. In GitHub Actions: --summary "$GITHUB_STEP_SUMMARY".';

export const rolloutCanary: RunCommand = {
  name: 'rollout-canary',
  also: ['rollout', 'canary-rollout', 'progressive', 'gradual', 'ramp'],
  summary: 'Shift traffic to a canary step by step, watch it, and promote it or take it back',
  usage: '[TARGET]',
  example: 'stage rollout-canary a1b2c3d4e5/prod --deployment-id dep123 --steps 5:10m,25:30m,50 --max 5xx=1%',
  more: () => explanation,
  does: 'rollout',
  options: [
    rollout('steps', 'STEPS', 'Percentages, each with how long it is served: 5:10m,25:30m,50', { isRequired: true }),
    rollout('interval', 'TIME', 'How long a step without a time of its own is served', time('10m')),
    rollout(
      'then',
      'WHAT',
      'After the last step: promote, promote-and-end or hold',
      oneOf('promote', 'promote-and-end', 'hold'),
    ),
    rollout('replace', undefined, 'Begin again: replace a running canary, or a rollout by another plan'),
    rollout('on-interrupt', 'WHAT', 'On SIGINT, SIGTERM or SIGHUP: hold or abort', oneOf('hold', 'abort')),
    stateOption,
    rollout('summary', 'FILE', 'Write a summary in Markdown; appended if it is $GITHUB_STEP_SUMMARY'),
    canary('deployment-id', 'ID', 'Start a canary of this deployment'),
    canary('create-deployment', undefined, 'Start a canary of the API as it is now'),
    canary('description', 'TEXT', 'Description of that deployment', { needs: ['create-deployment'] }),
    ...settingOptions
      .filter(({ name }) => name === 'canary-variable')
      .map((option) => ({ ...option, ...ofStart, heading: 'Canary' })),
    canary('use-stage-cache', undefined, 'Let the canary use the cache of the stage', ofStart),
    gates('alarm', 'NAME', 'A CloudWatch alarm that must not be in ALARM', { kind: 'list' }),
    gates('max', 'METRIC=BOUND', 'A bound: 5xx=1%, 4xx=+0.5pp, latency-p99=800ms, integration-latency-average=+20%', {
      kind: 'list',
    }),
    gates('check', 'COMMAND', 'A command: exit code 0 passes, 1 fails, 2 is inconclusive', { kind: 'list' }),
    ofChecks('check-timeout', 'TIME', 'How long a command may take', time('1m')),
    ofChecks('check-shell', undefined, 'Run the commands in a shell'),
    ofMetrics('min-requests', 'NUMBER', 'With fewer requests of the canary --max is inconclusive', whole(0, '100')),
    ofMetrics('metrics-delay', 'TIME', 'How long CloudWatch takes to complete the metrics', time('150s')),
    ofMetrics('canary-dimensions', 'NAME=VALUE,…', "Dimensions of the canary's metrics (default: from ListMetrics)"),
    ofAll('max-wait', 'TIME', 'How long to measure an inconclusive step again', time('30m')),
    ofAll('on-inconclusive', 'WHAT', 'After that: hold, abort or continue', oneOf('hold', 'abort', 'continue')),
    ofAll('abort-after', 'NUMBER', 'How many failed rounds of a step are a failure', whole(1, '1')),
    ofAll('on-fail', 'WHAT', 'On a failure: abort or hold', oneOf('abort', 'hold')),
  ],
  targets: 1,
  takes: 'one stage',
  words: 'none',
  check: (request) => (ofStart.needs.some((name) => request.options[name] !== undefined) ? checkStart(request) : []),
};
