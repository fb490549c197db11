/** Options of the commands about rollouts. */
import { optionsUnder } from './command.js';

export const stateOption = optionsUnder('Rollout')(
  'state',
  'FILE',
  'Where the state of the rollout is kept (default: a file in $XDG_STATE_HOME/stage/rollouts)',
);
