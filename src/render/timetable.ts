/** The timetable of a rollout: what `--dry-run` prints. */
import type { Timetable } from '../canary/timetable.js';
import type { RolloutPlan } from '../canary/types.js';
import { describedDeployment } from '../stage/canary-deployment.js';
import type { Call } from '../stage/plan.js';
import { sent } from '../stage/result.js';
import { quoteShorthand } from '../stage/shorthand.js';
import { printable } from '../text/printable.js';
import { timeText } from '../text/time.js';

/** A step, with its calls. */
export type Timed = Timetable['rows'][number] & { readonly calls: readonly Call[] };

interface End {
  readonly then: RolloutPlan['then'];
  readonly at: number;
  readonly calls: readonly Call[];
}

/** `1h30m` */
const at = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const text = parts.map((part, index) => (part === 0 ? '' : `${part}${'hms'[index]}`)).join('');
  return text || timeText(milliseconds);
};

const callText = (call: Call): string => {
  if (call.kind === 'UpdateStage') return ['UpdateStage', ...sent(call.operations).map(quoteShorthand)].join(' ');
  if (call.kind !== 'CreateDeployment') return call.kind;
  return `CreateDeployment ${describedDeployment(call)} ${JSON.stringify(call.canarySettings)}`;
};

const indented = (calls: readonly Call[]): readonly string[] => calls.map((call) => `  ${printable(callText(call))}`);

const stepLines = ({ step, percent, start, until, asked, calls }: Timed): readonly string[] => [
  `after ${at(start)}: step ${step + 1}, ${percent}% until ${at(until)}${asked === undefined ? '' : `; gates are asked after ${at(asked)}`}`,
  ...indented(calls),
];

export const timetableText = (steps: readonly Timed[], end: End): string =>
  [...steps.flatMap(stepLines), `after ${at(end.at)}: ${end.then}`, ...indented(end.calls), ''].join('\n');
