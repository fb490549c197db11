/** The plan of a rollout, from its options. Commander has checked their numbers and choices already. */
import { parseMax } from '../canary/parse-max.js';
import type { CanaryStart, Gate, RolloutPlan, RolloutStep } from '../canary/types.js';
import { usageProblem } from '../commands/command.js';
import { present } from '../settings/load-settings.js';
import { applyPatch } from '../stage/patch.js';
import { replaceAt } from '../stage/place.js';
import { PatchError, type Problem, StageError } from '../stage/problem.js';
import { parseShorthand } from '../stage/shorthand.js';
import { commandWords } from '../text/command-words.js';
import { clipped } from '../text/printable.js';
import { parseTime, timeText } from '../text/time.js';
import type { Context } from './context.js';
import { type GivenOptions, isOn, numberOption, textOption, textOptions } from './given-options.js';

type GivenPlan = Pick<Context, 'options' | 'request'>;

/** Collects problems. */
const newReport = () => {
  const problems: Problem[] = [];
  const say = (message: string) => problems.push(usageProblem(message));
  const sayExpected = (name: string, what: string, got: string) =>
    say(`--${name}: expected ${what}; got ${clipped(got)}.`);
  return { problems, say, sayExpected };
};

type Report = ReturnType<typeof newReport>;

const stepsFrom = (given: GivenOptions, report: Report): readonly RolloutStep[] => {
  const defaultInterval = numberOption(given, 'interval') ?? 0;
  let last = 0;
  return (textOption(given, 'steps') ?? '').split(',').map((item) => {
    const [, digits, time] = /^\s*(\d+(?:\.\d+)?)%?(?::(.*?))?\s*$/s.exec(item) ?? [];
    const percent = Number(digits);
    if (digits === undefined) report.sayExpected('steps', 'steps such as 5:10m,25:30m,50', item || 'an empty step');
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

const startFrom = (given: GivenPlan, report: Report): CanaryStart | undefined => {
  const { choices } = given.request;
  const [deploymentId, description] = [textOption(given, 'deployment-id'), textOption(given, 'description')];
  if (deploymentId === undefined && !isOn(given, 'create-deployment')) return undefined;
  try {
    const operations = choices.map(({ property, name: key = '', text = '' }) => replaceAt({ property, key }, text));
    applyPatch({ canarySettings: {} }, operations);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    for (const { message } of error.problems) report.say(`--canary-variable: ${message}`);
  }
  return {
    ...present({ deploymentId, description }),
    variables: Object.fromEntries(choices.map(({ name = '', text = '' }) => [name, text])),
    useStageCache: isOn(given, 'use-stage-cache'),
  };
};

const dimensionsFrom = (given: GivenOptions, report: Report): RolloutPlan['canaryDimensions'] => {
  const text = textOption(given, 'canary-dimensions');
  if (text === undefined) return undefined;
  const parsed = parseShorthand(text, 'dimensions look like ApiName=pets,Stage=prod/Canary');
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

/** The plan of the command line. Throws StageError with all problems of its options. */
export const parsePlan = (given: GivenPlan): RolloutPlan => {
  const report = newReport();
  const text = (name: string) => textOption(given, name);
  const number = (name: string) => numberOption(given, name) ?? 0;
  const plan: RolloutPlan = {
    steps: stepsFrom(given, report),
    ...present({ start: startFrom(given, report), canaryDimensions: dimensionsFrom(given, report) }),
    gates: gatesFrom(given, report),
    then: text('then') as RolloutPlan['then'],
    minRequests: number('min-requests'),
    metricsDelay: number('metrics-delay'),
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
