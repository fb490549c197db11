import { type EditCommand, noticeIf } from './command.js';

const nothingCached = 'The stage has no cache cluster, so there is nothing to flush.';

export const flushStageCache: EditCommand = {
  name: 'flush-cache',
  also: ['flush', 'flush-stage-cache'],
  summary: 'Empty the cache of a live stage',
  usage: '[TARGET]',
  example: 'stage flush-cache a1b2c3d4e5/prod --wait',
  does: 'edit',
  options: [],
  targets: 1,
  words: 'none',
  isLiveOnly: true,
  plan: ({ stage: { cacheClusterEnabled: isCached = false } }) => ({
    calls: isCached ? [{ kind: 'FlushStageCache' }] : [],
    notices: noticeIf(!isCached, 'no-cache-cluster', nothingCached),
  }),
};
