import { abortCanary } from './abort-canary.js';
import { apply } from './apply.js';
import { approveCanary } from './approve-canary.js';
import type { AnyCommand } from './command.js';
import { completion } from './completion.js';
import { copy } from './copy.js';
import { listDeployments } from './deployments.js';
import { diff } from './diff.js';
import { explain } from './explain.js';
import { exportStageCommand } from './export.js';
import { flushStageCache } from './flush-cache.js';
import { get } from './get.js';
import { history } from './history.js';
import { list } from './list.js';
import { patch } from './patch.js';
import { promoteCanary } from './promote-canary.js';
import { rollback } from './rollback.js';
import { rolloutCanary } from './rollout-canary.js';
import { rolloutStatus } from './rollout-status.js';
import { serveDir } from './serve.js';
import { set } from './set.js';
import { shiftCanary } from './shift-canary.js';
import { startCanary } from './start-canary.js';
import { status } from './status.js';
import { undo } from './undo.js';
import { unset } from './unset.js';
import { validate } from './validate.js';

/** Every command, in help order. */
export const commands: readonly AnyCommand[] = [
  get,
  status,
  set,
  unset,
  copy,
  diff,
  apply,
  startCanary,
  shiftCanary,
  promoteCanary,
  abortCanary,
  rolloutCanary,
  rolloutStatus,
  approveCanary,
  rollback,
  flushStageCache,
  patch,
  undo,
  history,
  list,
  exportStageCommand,
  validate,
  listDeployments,
  serveDir,
  explain,
  completion,
];

/** Finds a command by name or alias. */
export const findCommand = (word: string | undefined): AnyCommand | undefined =>
  commands.find(({ name, aliases = [] }) => name === word || aliases.includes(word ?? ''));
