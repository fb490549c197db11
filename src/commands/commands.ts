import type { LookCommand, StageCommand } from './command.js';
import { copy } from './copy.js';
import { explain } from './explain.js';
import { get } from './get.js';
import { patch } from './patch.js';
import { promoteCanary } from './promote-canary.js';
import { set } from './set.js';
import { unset } from './unset.js';

/** Every verb, in the order of the help. */
export const commands: readonly (StageCommand | LookCommand)[] = [get, set, unset, copy, promoteCanary, patch, explain];

export const isStageCommand = (command: StageCommand | LookCommand): command is StageCommand => 'plan' in command;
