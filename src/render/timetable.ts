/** The timetable of a rollout, which `--dry-run` prints. */
import type { RehearsedEvent } from '../canary/rehearse.js';
import { describedDeployment } from '../stage/canary-deployment.js';
import type { Call, Calls } from '../stage/plan.js';
import { sent, withState } from '../stage/result.js';
import { quoteShorthand } from '../stage/shorthand.js';
import { printable } from '../text/printable.js';
import { wholeTimeText } from '../text/time.js';
import type { Paint } from './human.js';
import { type IsSecret, maskSecrets } from './redact.js';
import { eventLines } from './rollout.js';

const callText = (call: Call): string => {
  if (call.kind === 'UpdateStage') return ['UpdateStage', ...sent(call.operations).map(quoteShorthand)].join(' ');
  if (call.kind !== 'CreateDeployment') return call.kind;
  return `CreateDeployment ${describedDeployment(call)} ${JSON.stringify(call.canarySettings)}`;
};

/** The lines that the rollout would print, each with its time, and the calls that it would make. `start` is in milliseconds since 1970. */
export const timetableText = (
  events: readonly RehearsedEvent[],
  start: number,
  { paint, isSecret }: { readonly paint: Paint; readonly isSecret: IsSecret },
): string =>
  events
    .flatMap(({ event, state, calls }) => [
      ...eventLines(event, state, paint).map(
        (line) => `after ${wholeTimeText(Date.parse(event.time) - start)}: ${line}\n`,
      ),
      ...withState(maskSecrets(calls, isSecret) as Calls, 'not-made').map((call) => `  ${printable(callText(call))}\n`),
    ])
    .join('');
