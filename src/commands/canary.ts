/** What the commands about canaries and their rollouts share. */
import { isProblem } from '../stage/codec.js';
import { decodeAt, propertyNamed, replaceAt } from '../stage/place.js';
import type { PatchOperation, Stage } from '../stage/stage.js';
import { optionsUnder, type Request } from './command.js';

export const percentTraffic = { property: propertyNamed('canarySettings.percentTraffic'), key: '' };

/** Reads a percentage such as `25` or `25%`; undefined if it is not one. */
export const readPercent = (text: string | true | undefined): number | undefined => {
  const leaf = typeof text === 'string' ? decodeAt(percentTraffic, text.replace(/%$/, '')) : undefined;
  return leaf === undefined || isProblem(leaf) ? undefined : Number(leaf);
};

export const percentHint = 'a number from 0 to 100, such as 25 or 25%';

export const endCanary: PatchOperation = { op: 'remove', path: '/canarySettings' };

/** The operation that sets the canary's percentage; none if it has that already. */
export const shiftTo = ({ canarySettings }: Stage, percent: number): readonly PatchOperation[] =>
  canarySettings?.percentTraffic === percent ? [] : [replaceAt(percentTraffic, percent)];

export const stateOption = optionsUnder('Rollout')(
  'state',
  'FILE',
  'Where the state of the rollout is kept (default: a file in $XDG_STATE_HOME/stage/rollouts)',
);

const expectation = 'expect-canary-deployment-id';

export const expectingCanary = (heading: string, help: string) => optionsUnder(heading)(expectation, 'ID', help);

/** The deployment that the canary must have, if the request names one. */
export const expectedCanary = ({ options: { [expectation]: id } }: Pick<Request, 'options'>): string | undefined =>
  typeof id === 'string' ? id : undefined;

export const testsOfCanary = (request: Pick<Request, 'options'>): readonly PatchOperation[] => {
  const value = expectedCanary(request);
  return value === undefined ? [] : [{ op: 'test', path: '/canarySettings/deploymentId', value }];
};
