/** `stage rollout-canary`: from its options to its exit code. */
import { resolve } from 'node:path';
import { askGates } from '../canary/ask-gates.js';
import { eventOf } from '../canary/events.js';
import { actionOf } from '../canary/rollout.js';
import { type RolloutPorts, runRollout, type StopCause } from '../canary/runner.js';
import type { RolloutEvent, RolloutState } from '../canary/types.js';
import { edit } from '../edit.js';
import { type RolloutFile, saveReport, withRollout } from '../history/rollouts.js';
import { awsCli } from '../render/aws-cli.js';
import { mask } from '../render/redact.js';
import { eventLines, waitLine } from '../render/rollout.js';
import { rolloutSummary } from '../render/rollout-summary.js';
import { failure } from '../stage/problem.js';
import { sleep } from '../targets/sleep.js';
import { printable } from '../text/printable.js';
import { quoteShell } from '../text/quote-shell.js';
import type { Named } from './address.js';
import { type Context, exitCodes } from './context.js';
import { isOn, splitAssignment, textOption, timeOption, usageError } from './given-options.js';
import { withJournal } from './journal.js';
import { isJournaled, type OpenedStage, open } from './open.js';
import { rolloutFileOf } from './rollout-file.js';
import { beginOf, planOf, timetable } from './rollout-plan.js';
import { targetOf } from './target-of.js';
import { onTerminal, tellNotices, terminalWidth } from './tell.js';

/** How often a rollout looks whether somebody stops it. */
const second = 1000;

/** How the stage is named for each edit: an API that was looked up by its name is not looked up again. */
const nameForEdits = async (named: Named, { address, live }: OpenedStage): Promise<Named> => {
  if (!live || address.kind !== 'live' || 'id' in address.live.api) return named;
  const { restApiId, stageName, region, profile, endpointUrl } = await live.whereabouts();
  return {
    ...{ restApiId, stageName },
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpointUrl !== undefined && { endpointUrl }),
  };
};

/** Each edit opens the stage anew: it has the whole `--timeout`, and credentials that have not expired. */
const editor =
  (named: Named, context: Context): RolloutPorts['edit'] =>
  async (command, input, isUrgent) => {
    const { world } = context;
    const fresh = { ...world, ...(isUrgent && { signal: new AbortController().signal }) };
    const own = { ...context, command, world: fresh };
    const opened = await open(named, own);
    const target = isJournaled(opened, own) ? withJournal(opened, own) : opened.target;
    const { runId, ...rest } = input;
    const request = { ...rest, ...(opened.live && runId !== undefined && { runId }) };
    const result = await edit(command, target, { ...request, expected: [], isDryRun: false, onPlan: context.onPlan });
    tellNotices(
      // The event says it.
      result.notices.filter(({ code }) => code !== 'production-serves'),
      context,
    );
    return result;
  };

/** Looks whether somebody else aborted the rollout: who does so says it in the state file. */
const watchFile = (file: RolloutFile) => {
  let seen = file.version();
  let isAborted = false;
  const look = (): boolean => {
    if (isAborted || file.version() === seen) return isAborted;
    seen = file.version();
    isAborted = file.read()?.phase === 'aborted';
    return isAborted;
  };
  const write = (state: RolloutState): void => {
    if (look()) return;
    file.write(state);
    seen = file.version();
  };
  return { look, write };
};

/** The command line again, without what begins anew, and without secrets. */
const sameCommand = ({ world, output }: Context): string => {
  const words = world.argv.filter((word) => word !== '--replace');
  const masked = words.map((word, index) => {
    const [, option = '', assigned = word] = /^(--canary-variable=)(.*)$/s.exec(word) ?? [];
    const [name, value] = splitAssignment(assigned);
    const isVariable = option !== '' || words[index - 1] === '--canary-variable';
    return isVariable && value !== undefined && output.isSecret(name) ? `${option}${name}=${mask}` : word;
  });
  return printable(`stage ${masked.map(quoteShell).join(' ')}`);
};

const zeroTraffic = { op: 'replace', path: '/canarySettings/percentTraffic', value: '0.0' } as const;

const abortCommand = async ({ live, address }: OpenedStage): Promise<string> => {
  if (!live) return `stage abort-canary ${quoteShell(address.label)}`;
  const calls = [{ kind: 'UpdateStage', operations: [zeroTraffic], state: 'not-made' }] as const;
  const result = { label: address.label, before: {}, after: {}, notices: [], isDryRun: true, calls };
  return awsCli({ ...result, whereabouts: await live.whereabouts() }).trimEnd();
};

const clearLine = '\r\u001b[K';

/** Prints events; on a terminal a wait is one line that counts down. */
const teller = ({ world, output }: Context) => {
  const { stdout } = world;
  const isJson = output.asked === 'json';
  const isDrawn = stdout.isTTY && !isJson && !output.isQuiet;
  let isShown = false;
  const clear = (): void => {
    if (isShown) stdout.write(clearLine);
    isShown = false;
  };
  const tell = (event: RolloutEvent, state: RolloutState): void => {
    clear();
    if (isJson) stdout.write(onTerminal(`${JSON.stringify(event)}\n`, stdout));
    else if (!output.isQuiet && !(isDrawn && event.event === 'waiting'))
      for (const line of eventLines(event, state, output.paint)) stdout.write(`${line}\n`);
  };
  const count = (state: RolloutState, left: number): void => {
    if (!isDrawn) return;
    const event = eventOf('waiting', state, world.now());
    stdout.write(`${clearLine}${waitLine(event, state, left, terminalWidth(stdout) ?? 80)}`);
    isShown = true;
  };
  return { tell, count, clear };
};

const portsFor = (named: Named, opened: OpenedStage, file: RolloutFile, context: Context): RolloutPorts => {
  const { world } = context;
  const { signal } = world;
  const pause = world.sleep ?? sleep;
  const watched = watchFile(file);
  const lines = teller(context);
  const stopCause = (): StopCause | undefined => {
    if (signal.aborted) return signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
    return watched.look() ? 'aborted by a person' : undefined;
  };
  return {
    stopCause,
    edit: editor(named, context),
    ask: (state, window) => askGates({ plan: state.plan, state, window }),
    wait: async (milliseconds, state) => {
      // Slices are counted instead of the clock, which may jump.
      for (let left = milliseconds; left > 0 && stopCause() === undefined; left -= second) {
        lines.count(state, left);
        await pause(Math.min(left, second), signal);
      }
      lines.clear();
    },
    unlessStopped: async (work) => {
      const finished = new AbortController();
      const stop = async (): Promise<undefined> => {
        while (stopCause() === undefined && !finished.signal.aborted)
          await sleep(second, AbortSignal.any([signal, finished.signal]));
      };
      return Promise.race([work, stop()]).finally(() => finished.abort());
    },
    now: world.now,
    save: (state) => {
      try {
        watched.write(state);
      } catch (error) {
        // Traffic is taken back even where nothing can be written.
        if (state.phase !== 'abort' && state.phase !== 'aborted') throw error;
        tellNotices([{ code: 'not-saved', message: (error as Error).message }], context);
      }
    },
    tell: lines.tell,
    onInterrupt: textOption(context, 'on-interrupt') === 'abort' ? 'abort' : 'hold',
    sameCommand: sameCommand(context),
    abortByHand: () => abortCommand(opened),
  };
};

const writeSummary = (state: RolloutState, context: Context): void => {
  const { world } = context;
  const file = textOption(context, 'summary');
  if (file === undefined) return;
  try {
    saveReport(resolve(world.cwd, file), rolloutSummary(state), file === world.env['GITHUB_STEP_SUMMARY']);
  } catch (error) {
    tellNotices(
      [{ code: 'no-summary', message: `--summary: ${file} cannot be written: ${(error as Error).message}` }],
      context,
    );
  }
};

const exitCodeOf = ({ phase }: RolloutState, { signal }: Context['world']): number => {
  if (phase === 'promoted') return exitCodes.done;
  if (phase === 'held') return exitCodes.held;
  if (!signal.aborted) return exitCodes.aborted;
  return signal.reason === 'SIGTERM' ? exitCodes.SIGTERM : exitCodes.SIGINT;
};

const checkProtection = ({ protectedBy, address }: OpenedStage, context: Context): void => {
  if (protectedBy === undefined || isOn(context, 'yes')) return;
  const message = `${address.label} is a protected stage, and a rollout asks no questions: to roll out on it, add --yes.`;
  throw failure('expectation', 'protected', `${message} Nothing was written.`);
};

const noGates = {
  code: 'no-gates',
  message:
    'No gates are given, so nothing watches the canary: each step is followed by the next one. See --max, --alarm and --check.',
};

const roll = async (named: Named, opened: OpenedStage, file: RolloutFile, context: Context): Promise<number> => {
  const { world } = context;
  const plan = planOf(context);
  const previous = file.read();
  const begun = await beginOf(plan, previous, opened, context);
  const ports = portsFor(await nameForEdits(named, opened), opened, file, context);
  let last = begun.state;
  const save = (state: RolloutState): void => {
    last = state;
    ports.save(state);
  };
  const event = previous?.id === begun.state.id ? 'resumed' : 'started';
  if (actionOf(begun.state, world.now()).do !== 'end')
    ports.tell(eventOf(event, begun.state, world.now()), begun.state);
  try {
    return exitCodeOf(await runRollout(begun.state, { ...ports, save }), world);
  } finally {
    writeSummary(last, context);
  }
};

/** Runs a rollout, or says what it would do. */
export const rollOut = async (context: Context): Promise<number> => {
  const { world, request } = context;
  const plan = planOf(context);
  const named = await targetOf(request.targets[0], context);
  const opened = await open(named, context);
  tellNotices(opened.notices, context);
  checkProtection(opened, context);
  const file = await rolloutFileOf(opened, context);
  if (plan.gates.length === 0) tellNotices([noGates], context);
  if (isOn(context, 'dry-run')) {
    if (context.output.asked === 'json')
      throw usageError('--dry-run prints a timetable for people; leave out -o json.');
    const { state, stage } = await beginOf(plan, file.read(), opened, context);
    world.stdout.write(timetable(state, stage, world.now()));
    return exitCodes.done;
  }
  // From here on a signal ends the rollout in order.
  void world.signal;
  const options = { lockTimeout: timeOption(context, 'lock-timeout', second), world };
  return withRollout(file, opened.address.label, options, () => roll(named, opened, file, context));
};
