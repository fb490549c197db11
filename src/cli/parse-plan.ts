/** The plan of a rollout, from its options. Commander has checked their numbers and choices already. */
import { parseMax } from '../canary/parse-max.js';
import type { CanaryStart, Gate, RolloutPlan, RolloutStep } from '../canary/types.js';
import { present } from '../settings/load-settings.js';
import { checkVariableName, isProblem, variableValue } from '../stage/codec.js';
import { type Problem, StageError } from '../stage/problem.js';
import { parseShorthand } from '../stage/shorthand.js';
import { commandWords } from '../text/command-words.js';
import { clipped } from '../text/printable.js';
import { parseTime, timeText } from '../text/time.js';
import { type GivenOptions, isOn, numberOption, splitAssignment, textOption, textOptions } from './given-options.js';

/** Collects problems. */
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

const stepsExample = 'percentages with their times, such as 5:10m,25:30m,50';

const stepsFrom = (given: GivenOptions, report: Report): readonly RolloutStep[] => {
  const defaultInterval = numberOption(given, 'interval') ?? 0;
  let last = 0;
  return (textOption(given, 'steps') ?? '').split(',').map((item) => {
    const [, digits, time] = /^\s*(\d+(?:\.\d+)?)%?(?::(.*?))?\s*$/s.exec(item) ?? [];
    const percent = Number(digits);
    if (digits === undefined) report.sayExpected('steps', stepsExample, item === '' ? 'an empty step' : item);
    else if (percent > 100 || percent <= 0) report.sayExpected('steps', 'percentages above 0 and at most 100', item);
    else if (percent <= last) report.sayExpected('steps', 'increasing percentages', `${item} after ${last}`);
    else last = percent;
    const interval = time === undefined ? defaultInterval : parseTime(time);
    if (typeof interval === 'number') return { percent, interval };
    report.say(`--steps: ${clipped(interval)}.`);
    return { percent, interval: defaultInterval };
  });
};

const gatesFrom = (given: GivenOptions, report: Report): readonly Gate[] => [
  ...textOptions(given, 'alarm').map((name): Gate => ({ kind: 'alarm', name })),
  ...textOptions(given, 'check').map((command): Gate => {
    const name = isOn(given, 'check-shell') ? command.trim() : commandWords(command)?.[0];
    if (!name) report.sayExpected('check', 'a command, with each quote closed', `"${command}"`);
    return { kind: 'check', command };
  }),
  ...textOptions(given, 'max').flatMap((text): readonly Gate[] => {
    const gate = parseMax(text);
    if (!('expected' in gate)) return [gate];
    report.sayExpected('max', gate.expected, text);
    return [];
  }),
];

const variablesFrom = (given: GivenOptions, report: Report): CanaryStart['variables'] => {
  const option = 'canary-variable';
  const variables = new Map<string, string>();
  for (const item of textOptions(given, option)) {
    const [name, text] = splitAssignment(item);
    const value = checkVariableName(name) ?? variableValue.decode(text, { op: 'replace', path: name, key: name });
    if (name === '' || text === undefined) report.sayExpected(option, 'NAME=VALUE', item);
    else if (isProblem(value)) report.say(`--${option}: ${value.message}`);
    else if (variables.has(name)) report.sayExpected(option, 'each variable once', `${name} again`);
    else variables.set(name, text);
  }
  return Object.fromEntries(variables);
};

const startFrom = (given: GivenOptions, report: Report): CanaryStart | undefined => {
  const [deploymentId, description] = [textOption(given, 'deployment-id'), textOption(given, 'description')];
  const creates = isOn(given, 'create-deployment');
  const variables = variablesFrom(given, report);
  const useStageCache = isOn(given, 'use-stage-cache');
  if (creates && deploymentId !== undefined)
    report.say('--create-deployment and --deployment-id exclude each other: give one of them.');
  if (!creates && deploymentId === undefined) return undefined;
  return { ...present({ deploymentId, description }), variables, useStageCache };
};

const dimensionsExample = 'dimensions look like ApiName=pets,Stage=prod/Canary';

const dimensionsFrom = (given: GivenOptions, report: Report): RolloutPlan['canaryDimensions'] => {
  const text = textOption(given, 'canary-dimensions');
  if (text === undefined) return undefined;
  const parsed = parseShorthand(text, dimensionsExample);
  if ('members' in parsed) return Object.fromEntries([...parsed.members].map(([name, value]) => [name, value.text]));
  report.say(`--canary-dimensions: ${clipped(parsed.reason)}.`);
  return undefined;
};

const minute = 60_000;

/** CloudWatch has the metrics by the minute. */
const checkIntervals = ({ gates, steps }: Pick<RolloutPlan, 'gates' | 'steps'>, report: Report): void => {
  const short = steps.find(({ interval, percent }) => interval < minute && percent > 0);
  if (short === undefined || !gates.some(({ kind }) => kind === 'max')) return;
  const got = `${timeText(short.interval)} at ${short.percent} percent`;
  report.sayExpected('max', 'intervals of at least 1m, since metrics come by the minute', got);
};

/** The plan of the command line. Throws StageError('usage') with all problems of its options. */
export const parsePlan = (given: GivenOptions): RolloutPlan => {
  const report = newReport();
  const text = (name: string) => textOption(given, name);
  const number = (name: string) => numberOption(given, name) ?? 0;
  const start = startFrom(given, report);
  const canaryDimensions = dimensionsFrom(given, report);
  const plan: RolloutPlan = {
    steps: stepsFrom(given, report),
    ...(start && { start }),
    gates: gatesFrom(given, report),
    then: text('then') as RolloutPlan['then'],
    minRequests: number('min-requests'),
    metricsDelay: number('metrics-delay'),
    ...(canaryDimensions && { canaryDimensions }),
    checkTimeout: number('check-timeout'),
    checkShell: isOn(given, 'check-shell'),
    maxWait: number('max-wait'),
    onInconclusive: text('on-inconclusive') as RolloutPlan['onInconclusive'],
    abortAfter: number('abort-after'),
    onFail: text('on-fail') as RolloutPlan['onFail'],
  };
  checkIntervals(plan, report);
  if (report.problems.length > 0) throw new StageError('usage', report.problems);
  return plan;
};
