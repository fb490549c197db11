/** The plan of a rollout, from the texts of its options. */
import { checkVariableName, isProblem, variableValue } from '../stage/codec.js';
import type { Problem } from '../stage/problem.js';
import { parseShorthand } from '../stage/shorthand.js';
import { commandWords } from '../text/command-words.js';
import { clipped } from '../text/printable.js';
import { timeText } from '../text/time.js';
import { parseMax } from './parse-max.js';
import { type PlanOptions, type PlanReader, readerOf } from './plan-reader.js';
import type { CanaryStart, Gate, RolloutPlan, RolloutStep } from './types.js';

const stepsExample = 'percentages with their times, such as 5:10m,25:30m,50';

const stepsFrom = ({ text }: PlanOptions, reader: PlanReader): readonly RolloutStep[] => {
  const interval = reader.time('interval', 600_000);
  const given = text('steps');
  if (given === undefined) {
    reader.sayExpected('steps', stepsExample, 'nothing');
    return [];
  }
  let last = 0;
  return given.split(',').map((item) => {
    const [, digits, time] = /^\s*(\d+(?:\.\d+)?)%?(?::(.*?))?\s*$/s.exec(item) ?? [];
    const percent = Number(digits);
    if (digits === undefined) reader.sayExpected('steps', stepsExample, item === '' ? 'an empty step' : item);
    else if (percent > 100 || percent <= 0) reader.sayExpected('steps', 'percentages above 0 and at most 100', item);
    else if (percent <= last) reader.sayExpected('steps', 'increasing percentages', `${item} after ${last}`);
    else last = percent;
    return { percent, interval: reader.timeOf('steps', time, interval) };
  });
};

const gatesFrom = ({ texts, isOn }: PlanOptions, reader: PlanReader): readonly Gate[] => [
  ...texts('alarm').map((name): Gate => ({ kind: 'alarm', name })),
  ...texts('check').map((command): Gate => {
    const name = isOn('check-shell') ? command.trim() : commandWords(command)?.[0];
    if (!name) reader.sayExpected('check', 'a command, with each quote closed', `"${command}"`);
    return { kind: 'check', command };
  }),
  ...texts('max').flatMap((text): readonly Gate[] => {
    const gate = parseMax(text);
    if (!('expected' in gate)) return [gate];
    reader.sayExpected('max', gate.expected, text);
    return [];
  }),
];

const variablesFrom = ({ texts }: PlanOptions, reader: PlanReader): CanaryStart['variables'] => {
  const option = 'canary-variable';
  const variables = texts(option).flatMap((given): readonly (readonly [string, string])[] => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
    if (name === undefined) {
      reader.sayExpected(option, 'NAME=VALUE', given);
      return [];
    }
    const wrong = checkVariableName(name) ?? variableValue.decode(value, { op: 'replace', path: name, key: name });
    if (typeof wrong === 'string') return [[name, wrong]];
    if (isProblem(wrong)) reader.say(`--${option}: ${wrong.message}`);
    return [];
  });
  const twice = variables.find(([name], index) => variables.findIndex(([other]) => other === name) < index);
  if (twice) reader.sayExpected(option, 'each variable once', `${twice[0]} again`);
  return Object.fromEntries(variables);
};

const startFrom = (options: PlanOptions, reader: PlanReader): CanaryStart | undefined => {
  const [deploymentId, description] = [options.text('deployment-id'), options.text('description')];
  const creates = options.isOn('create-deployment');
  const variables = variablesFrom(options, reader);
  const useStageCache = options.isOn('use-stage-cache');
  if (creates && deploymentId !== undefined)
    reader.say('--create-deployment and --deployment-id exclude each other: give one of them.');
  if (!creates && description !== undefined) reader.say('--description goes with --create-deployment.');
  if (creates || deploymentId !== undefined)
    return {
      ...(deploymentId !== undefined && { deploymentId }),
      ...(description !== undefined && { description }),
      ...{ variables, useStageCache },
    };
  const startOptions = [
    ...(Object.keys(variables).length > 0 ? ['--canary-variable'] : []),
    ...(useStageCache ? ['--use-stage-cache'] : []),
  ];
  for (const option of startOptions) reader.say(`${option} goes with --deployment-id or --create-deployment.`);
  return undefined;
};

const dimensionsExample = 'dimensions look like ApiName=pets,Stage=prod/Canary';

const dimensionsFrom = ({ text }: PlanOptions, reader: PlanReader): RolloutPlan['canaryDimensions'] => {
  const given = text('canary-dimensions');
  if (given === undefined) return undefined;
  const parsed = parseShorthand(given, dimensionsExample);
  if ('members' in parsed) return Object.fromEntries([...parsed.members].map(([name, value]) => [name, value.text]));
  reader.say(`--canary-dimensions: ${clipped(parsed.reason)}.`);
  return undefined;
};

const minute = 60_000;

/** Metrics come in whole minutes. */
const checkIntervals = ({ gates, steps }: Pick<RolloutPlan, 'gates' | 'steps'>, reader: PlanReader): void => {
  const short = steps.find(({ interval, percent }) => interval < minute && percent > 0);
  if (short === undefined || !gates.some(({ kind }) => kind === 'max')) return;
  const got = `${timeText(short.interval)} at ${short.percent} percent`;
  reader.sayExpected('max', 'intervals of at least 1m, since metrics come by the minute', got);
};

/** The plan, or everything that is wrong with the options. */
export const parsePlan = (
  options: PlanOptions,
): { readonly plan: RolloutPlan } | { readonly problems: readonly Problem[] } => {
  const reader = readerOf(options);
  const start = startFrom(options, reader);
  const canaryDimensions = dimensionsFrom(options, reader);
  const plan: RolloutPlan = {
    steps: stepsFrom(options, reader),
    ...(start && { start }),
    gates: gatesFrom(options, reader),
    then: reader.choice('then', ['promote', 'promote-and-end', 'hold']),
    minRequests: reader.count('min-requests', 0, 100),
    metricsDelay: reader.time('metrics-delay', 150_000),
    ...(canaryDimensions && { canaryDimensions }),
    checkTimeout: reader.time('check-timeout', minute),
    checkShell: options.isOn('check-shell'),
    maxWait: reader.time('max-wait', 30 * minute),
    onInconclusive: reader.choice('on-inconclusive', ['hold', 'abort', 'continue']),
    abortAfter: reader.count('abort-after', 1, 1),
    onFail: reader.choice('on-fail', ['abort', 'hold']),
  };
  checkIntervals(plan, reader);
  return reader.problems.length > 0 ? { problems: reader.problems } : { plan };
};
