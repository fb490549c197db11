/** Connects a rollout to the world: edits of the stage, gates, waits, the state file, commands for a person. */
import { askGates } from '../canary/ask-gates.js';
import type { RolloutPorts, StopCause } from '../canary/runner.js';
import type { RolloutState } from '../canary/types.js';
import { shiftTo } from '../commands/canary.js';
import { edit } from '../edit.js';
import type { RolloutFile } from '../history/rollouts.js';
import { awsCli } from '../render/aws-cli.js';
import { mask } from '../render/redact.js';
import { present } from '../settings/load-settings.js';
import { sleep } from '../targets/sleep.js';
import { printable } from '../text/printable.js';
import { quoteShell } from '../text/quote-shell.js';
import type { Named } from './address.js';
import type { Context } from './context.js';
import { textOption } from './given-options.js';
import { withJournal } from './journal.js';
import { isJournaled, type OpenedStage, open } from './open.js';
import type { OpenedRollout } from './rollout-state.js';
import { tellNotices } from './tell.js';
import { rolloutTeller } from './tell-rollout.js';

/** How often a rollout checks whether something stops it, in milliseconds. */
const second = 1000;

/** The name of the stage for each edit. An API that was found by its name is not looked up again. */
const nameForEdits = async (named: Named, { address, live }: OpenedStage): Promise<Named> => {
  if (!live || address.kind !== 'live' || 'id' in address.live.api) return named;
  const { restApiId, stageName, region, profile, endpointUrl } = await live.whereabouts();
  return { restApiId, stageName, ...present({ region, profile, endpointUrl }) };
};

/** Each edit opens the stage again, so that it has all of `--timeout`, and credentials that have not expired. */
const editor =
  (named: Named, context: Context): RolloutPorts['edit'] =>
  async (command, input, isUrgent) => {
    const { world } = context;
    const fresh = { ...world, ...(isUrgent && { signal: new AbortController().signal }) };
    const own = { ...context, command, world: fresh };
    const opened = await open(named, own);
    const target = isJournaled(opened, own) ? withJournal(opened, own) : opened.target;
    const result = await edit(command, target, { ...input, expected: [], isDryRun: false, onPlan: context.onPlan });
    // An event of the rollout says what production serves.
    const notices = result.notices.filter(({ code }) => code !== 'production-serves');
    tellNotices(notices, context);
    return result;
  };

/** Whether a person aborted the rollout: `stage abort-canary` marks the state file. */
const isAborted = (file: RolloutFile, { id }: RolloutState): boolean => {
  try {
    const saved = file.read();
    return saved?.id === id && saved.phase === 'aborted';
  } catch {
    // A broken file does not stop the rollout, which writes it again.
    return false;
  }
};

/** The command line that resumes the rollout, with secrets masked. */
export const resumeCommand = ({ world, output, request }: Context): string => {
  const secrets = request.choices.filter(({ name = '' }) => output.isSecret(name));
  const words = world.argv
    .filter((word) => !['--replace', '--dry-run', '-n'].includes(word))
    .map((word) => {
      const given = word.replace(/^--[\w-]+=/, '');
      const secret = secrets.find(({ name, text }) => given === `${name}=${text}`);
      return secret ? word.replace(given, () => `${secret.name}=${mask}`) : word;
    });
  return printable(`stage ${words.map(quoteShell).join(' ')}`);
};

export const approveCommand = ({ address }: OpenedStage, context: Context): string => {
  const options = ['state', 'config', 'profile', 'region', 'endpoint-url'].flatMap((name) => {
    const text = textOption(context, name);
    return text === undefined ? [] : [`--${name}`, text];
  });
  return printable(['stage approve-canary', ...[address.label, ...options].map(quoteShell)].join(' '));
};

const abortCommand = async ({ live, address }: OpenedStage): Promise<string> => {
  const whereabouts = await live?.whereabouts().catch(() => undefined);
  if (!whereabouts) return `stage abort-canary ${quoteShell(address.label)}`;
  const calls = [{ kind: 'UpdateStage', operations: shiftTo({}, 0), state: 'not-made' }] as const;
  const result = { label: address.label, before: {}, after: {}, notices: [], isDryRun: true, calls };
  const lines = awsCli({ ...result, whereabouts });
  return lines.trimEnd().replace(/\s*\\\n\s*/g, ' ');
};

const measuredOf = async ({ address, live }: OpenedStage, context: Context) =>
  live && address.kind === 'live' ? (await import('./live.js')).measuredStage(address.live, live, context) : undefined;

export const portsFor = async (
  rollout: OpenedRollout,
  begun: RolloutState,
  context: Context,
): Promise<RolloutPorts> => {
  const { named, opened, file } = rollout;
  const { world } = context;
  const { signal } = world;
  const pause = world.sleep ?? sleep;
  const lines = rolloutTeller(context);
  const measured = await measuredOf(opened, context);
  const stopCause = (): StopCause | undefined => {
    if (signal.aborted) return signal.reason;
    return isAborted(file, begun) ? 'aborted by a person' : undefined;
  };
  return {
    stopCause,
    edit: editor(await nameForEdits(named, opened), context),
    ask: (state, window, signal) => askGates({ state, window, world, signal, measured }),
    wait: async (milliseconds, state) => {
      // The time is counted in slices, since the clock may jump.
      for (let left = milliseconds; left > 0 && stopCause() === undefined; left -= second) {
        lines.count(state, left);
        await pause(Math.min(left, second), signal);
      }
      lines.settle();
    },
    unlessStopped: async (work) => {
      const finished = new AbortController();
      const stop = async (): Promise<undefined> => {
        while (stopCause() === undefined && !finished.signal.aborted)
          await sleep(second, AbortSignal.any([signal, finished.signal]));
      };
      return Promise.race([work(finished.signal), stop()]).finally(() => finished.abort());
    },
    now: world.now,
    save: (state) => {
      try {
        if (!isAborted(file, begun)) file.write(state);
      } catch (error) {
        // The traffic is taken back even if the state cannot be written.
        if (state.phase !== 'abort' && state.phase !== 'aborted') throw error;
        tellNotices([{ code: 'not-saved', message: (error as Error).message }], context);
      }
    },
    tell: lines.tell,
    onInterrupt: textOption(context, 'on-interrupt') === 'abort' ? 'abort' : 'hold',
    resumeCommand: resumeCommand(context),
    approveCommand: approveCommand(opened, context),
    abortByHand: () => abortCommand(opened),
  };
};
