/** The plan of a rollout, from the texts of its options. */
import { checkVariableName, isProblem, variableValue } from '../stage/codec.js';
import type { Problem } from '../stage/problem.js';
import { parseShorthand } from '../stage/shorthand.js';
import { commandWords } from '../text/command-words.js';
import { clipped } from '../text/printable.js';
import { parseTime, timeText } from '../text/time.js';
import { parseMax } from './parse-max.js';
import type { CanaryStart, Gate, RolloutPlan, RolloutStep } from './types.js';

/** The options by their names, without dashes. Their numbers and choices are checked already. */
interface PlanOptions {
  text(name: string): string | undefined;
  number(name: string): number;
  /** Of an option that can be repeated. */
  texts(name: string): readonly string[];
  isOn(name: string): boolean;
}

/** Collects what is wrong. */
const newReport = () => {
  const problems: Problem[] = [];
  const say = (message: string): void => {
    problems.push({ code: 'usage', message });
  };
  const sayExpected = (name: string, what: string, got: string): void =>
    say(`--${name}: expected ${what}; got ${clipped(got)}.`);
  return { problems, say, sayExpected };
};

type Report = ReturnType<typeof newReport>;

const chosen = <T extends string>(choices: readonly [T, ...T[]], given: string | undefined): T =>
  choices.find((choice) => choice === given) ?? choices[0];

const stepsExample = 'percentages with their times, such as 5:10m,25:30m,50';

const stepsFrom = ({ text, number }: PlanOptions, report: Report): readonly RolloutStep[] => {
  let last = 0;
  return (text('steps') ?? '').split(',').map((item) => {
    const [, digits, given] = /^\s*(\d+(?:\.\d+)?)%?(?::(.*?))?\s*$/s.exec(item) ?? [];
    const percent = Number(digits);
    if (digits === undefined) report.sayExpected('steps', stepsExample, item === '' ? 'an empty step' : item);
    else if (percent > 100 || percent <= 0) report.sayExpected('steps', 'percentages above 0 and at most 100', item);
    else if (percent <= last) report.sayExpected('steps', 'increasing percentages', `${item} after ${last}`);
    else last = percent;
    const interval = given === undefined ? number('interval') : parseTime(given);
    if (typeof interval === 'number') return { percent, interval };
    report.say(`--steps: ${clipped(interval)}.`);
    return { percent, interval: number('interval') };
  });
};

const gatesFrom = ({ texts, isOn }: PlanOptions, report: Report): readonly Gate[] => [
  ...texts('alarm').map((name): Gate => ({ kind: 'alarm', name })),
  ...texts('check').map((command): Gate => {
    const name = isOn('check-shell') ? command.trim() : commandWords(command)?.[0];
    if (!name) report.sayExpected('check', 'a command, with each quote closed', `"${command}"`);
    return { kind: 'check', command };
  }),
  ...texts('max').flatMap((text): readonly Gate[] => {
    const gate = parseMax(text);
    if (!('expected' in gate)) return [gate];
    report.sayExpected('max', gate.expected, text);
    return [];
  }),
];

const variablesFrom = ({ texts }: PlanOptions, report: Report): CanaryStart['variables'] => {
  const option = 'canary-variable';
  const variables = texts(option).flatMap((given): readonly (readonly [string, string])[] => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
    if (name === undefined) {
      report.sayExpected(option, 'NAME=VALUE', given);
      return [];
    }
    const wrong = checkVariableName(name) ?? variableValue.decode(value, { op: 'replace', path: name, key: name });
    if (typeof wrong === 'string') return [[name, wrong]];
    if (isProblem(wrong)) report.say(`--${option}: ${wrong.message}`);
    return [];
  });
  const twice = variables.find(([name], index) => variables.findIndex(([other]) => other === name) < index);
  if (twice) report.sayExpected(option, 'each variable once', `${twice[0]} again`);
  return Object.fromEntries(variables);
};

const startFrom = (options: PlanOptions, report: Report): CanaryStart | undefined => {
  const [deploymentId, description] = [options.text('deployment-id'), options.text('description')];
  const creates = options.isOn('create-deployment');
  const variables = variablesFrom(options, report);
  const useStageCache = options.isOn('use-stage-cache');
  if (creates && deploymentId !== undefined)
    report.say('--create-deployment and --deployment-id exclude each other: give one of them.');
  if (!creates && description !== undefined) report.say('--description goes with --create-deployment.');
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
  for (const option of startOptions) report.say(`${option} goes with --deployment-id or --create-deployment.`);
  return undefined;
};

const dimensionsExample = 'dimensions look like ApiName=pets,Stage=prod/Canary';

const dimensionsFrom = ({ text }: PlanOptions, report: Report): RolloutPlan['canaryDimensions'] => {
  const given = text('canary-dimensions');
  if (given === undefined) return undefined;
  const parsed = parseShorthand(given, dimensionsExample);
  if ('members' in parsed) return Object.fromEntries([...parsed.members].map(([name, value]) => [name, value.text]));
  report.say(`--canary-dimensions: ${clipped(parsed.reason)}.`);
  return undefined;
};

const minute = 60_000;

/** Metrics come in whole minutes. */
const checkIntervals = ({ gates, steps }: Pick<RolloutPlan, 'gates' | 'steps'>, report: Report): void => {
  const short = steps.find(({ interval, percent }) => interval < minute && percent > 0);
  if (short === undefined || !gates.some(({ kind }) => kind === 'max')) return;
  const got = `${timeText(short.interval)} at ${short.percent} percent`;
  report.sayExpected('max', 'intervals of at least 1m, since metrics come by the minute', got);
};

/** The plan, or everything that is wrong with the options. */
export const parsePlan = (
  options: PlanOptions,
): { readonly plan: RolloutPlan } | { readonly problems: readonly Problem[] } => {
  const report = newReport();
  const { text, number } = options;
  const start = startFrom(options, report);
  const canaryDimensions = dimensionsFrom(options, report);
  const plan: RolloutPlan = {
    steps: stepsFrom(options, report),
    ...(start && { start }),
    gates: gatesFrom(options, report),
    then: chosen(['promote', 'promote-and-end', 'hold'], text('then')),
    minRequests: number('min-requests'),
    metricsDelay: number('metrics-delay'),
    ...(canaryDimensions && { canaryDimensions }),
    checkTimeout: number('check-timeout'),
    checkShell: options.isOn('check-shell'),
    maxWait: number('max-wait'),
    onInconclusive: chosen(['hold', 'abort', 'continue'], text('on-inconclusive')),
    abortAfter: number('abort-after'),
    onFail: chosen(['abort', 'hold'], text('on-fail')),
  };
  checkIntervals(plan, report);
  return report.problems.length > 0 ? { problems: report.problems } : { plan };
};
