/** A rollout as lines for people: its events, its waits, and its state. */
import { servedPercent } from '../canary/events.js';
import type { GateResult, RolloutEvent, RolloutState, Verdict } from '../canary/types.js';
import { printable } from '../text/printable.js';
import { timeText, wholeTimeText } from '../text/time.js';
import type { Paint } from './human.js';

const barWidth = 20;

/** `[#...................]    5%` */
const bar = (percent: number): string => {
  const filled = Math.round((percent / 100) * barWidth);
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${`${percent}%`.padStart(5)}`;
};

const stepOf = ({ step, steps }: RolloutEvent): string => `step ${step} of ${steps}`;

const stepsText = ({ plan }: RolloutState): string =>
  `${plan.steps.map(({ percent, interval }) => `${percent}% for ${timeText(interval)}, `).join('')}then ${plan.then}`;

/** The time that is left, in whole seconds. */
const leftText = (milliseconds: number): string => wholeTimeText(Math.ceil(milliseconds / 1000) * 1000);

const colourOf: Readonly<Record<Verdict, keyof Paint>> = { pass: 'added', fail: 'removed', inconclusive: 'changed' };

const resultLine = (event: RolloutEvent, { gate, verdict, message }: GateResult, paint: Paint): string =>
  `${stepOf(event)}  ${paint[colourOf[verdict]](verdict)}  ${printable(gate)}: ${printable(message)}`;

/** The lines of an event. Errors are reported elsewhere, so that `interrupted` and `stopped` have no lines. */
export const eventLines = (event: RolloutEvent, state: RolloutState, paint: Paint): readonly string[] => {
  const { target, deploymentId = 'that is created', percent, message = '', time, until = time, results = [] } = event;
  const length = leftText(Date.parse(until) - Date.parse(time));
  const what = state.phase === 'measure' ? ' until the gates are asked' : '';
  const end = printable(message);
  const lines: Readonly<Partial<Record<RolloutEvent['event'], readonly string[]>>> = {
    started: [printable(`${target}: rollout of deployment ${deploymentId}: ${stepsText(state)}`)],
    resumed: [printable(`${target}: the rollout goes on with ${stepOf(event)}, at ${percent}%`)],
    shifted: [`${stepOf(event)}  ${bar(percent)}`],
    waiting: [paint.quiet(`${stepOf(event)}  ${message === '' ? '' : `${end} `}waiting ${length}${what}`)],
    measured: results.map((result) => resultLine(event, result, paint)),
    promoted: [paint.added(`promoted: production serves deployment ${printable(deploymentId)}${end && `. ${end}`}`)],
    aborted: [paint.removed(`aborted: production serves deployment ${printable(state.productionId)}. ${end}`)],
    held: [paint.warning(`held: ${end}`)],
  };
  return lines[event.event] ?? [];
};

/** The last measured values: `--max 5xx=1%: 0.2, production 0.1`. */
const lastValues = ({ rounds }: RolloutState): string =>
  (rounds.at(-1)?.results ?? [])
    .flatMap(({ gate, value, production }) =>
      value === undefined ? [] : [`${gate}: ${value}${production === undefined ? '' : `, production ${production}`}`],
    )
    .join('; ');

/** The line that a terminal shows while a rollout waits. */
export const waitLine = (event: RolloutEvent, state: RolloutState, left: number, width: number): string => {
  const line = `${stepOf(event)}  ${bar(event.percent)}  ${leftText(left)} left  ${lastValues(state)}`;
  return printable(line.trimEnd()).slice(0, width - 1);
};

/** The state of a rollout; `change` is what somebody else changed. */
export const rolloutReport = (state: RolloutState, change: string | undefined, now: number): string => {
  const { target, phase, plan, step, since, deploymentId = 'not created yet', reason, rounds, isApproved } = state;
  const lines = [
    `${target}: ${phase}${isApproved ? ', approved' : ''}, for ${wholeTimeText(Math.max(0, now - since))}`,
    `step ${step + 1} of ${plan.steps.length}: ${servedPercent(state)}%, deployment ${deploymentId}`,
    ...(reason === undefined ? [] : [reason]),
    ...(rounds.at(-1)?.results ?? []).map(({ gate, verdict, message }) => `${verdict}  ${gate}: ${message}`),
    ...(change === undefined ? [] : [change]),
  ];
  return lines.map(printable).join('\n');
};
