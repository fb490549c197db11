import { listApis } from '../../../src/targets/api-gateway.js';
import { aStage } from '../../stages.js';
import { closeStubs, failureOf, goLive, restApiId } from './live.js';

afterEach(closeStubs);

test('an API whose stages are refused is left out of a list and reported; if all are refused, the list fails', async () => {
  const { stub, options } = await goLive(aStage(), {}, [{ id: 'b1', name: 'theirs', stages: {} }]);
  const denied = { status: 403, body: { message: 'Forbidden' } };
  const leftOut: string[] = [];
  const list = () => listApis(undefined, options, ({ id }, { message }) => leftOut.push(`${id}: ${message}`));
  stub.scripts['GetStages'] = [denied];
  expect((await list()).map(({ id }) => id)).toEqual(['b1']);
  expect(leftOut).toEqual([expect.stringMatching(`^${restApiId}: Forbidden`)]);
  stub.scripts['GetStages'] = [denied, denied];
  expect(await failureOf(list())).toMatchObject({ kind: 'refused' });
  stub.scripts['GetStages'] = [denied];
  expect(await failureOf(listApis({ idOrName: 'b1' }, options, () => undefined))).toMatchObject({ kind: 'refused' });
});
