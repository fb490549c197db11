import type { Desired } from '../stage/desired.js';
import { isObject, type JsonObject, kindOf, stageShape } from '../stage/stage.js';
import { listed, shortened } from '../text/printable.js';
import { type DesiredOptions, desiredOf, faultAt, input } from './tree.js';

const expectStage = (value: unknown, label: string): JsonObject => {
  const keys = isObject(value) ? Object.keys(value) : [];
  if (isObject(value) && (keys.length === 0 || keys.some((key) => Object.hasOwn(stageShape, key)))) return value;
  const got = keys.length === 0 ? kindOf(value) : `an object with ${shortened(listed(keys, 5), 200)}`;
  const expected = 'a stage, a part of one, a CloudFormation or SAM template, or the output of terraform show -json';
  throw input('not-a-stage', `${label}: expected ${expected}; got ${got}`);
};

/** Reads the desired stage from a whole or partial stage file. `null` unsets. */
export const readStageFile = async (text: string, json: unknown, options: DesiredOptions): Promise<Desired> => {
  const { label, name } = options;
  const readYaml = async () => (await import('../text/stage-yaml.js')).readStageYaml(text, stageShape);
  const parsed = json === undefined ? await readYaml() : { value: json, notices: [] };
  if ('message' in parsed) throw faultAt(label, parsed);
  const tree = expectStage(parsed.value, label);
  if (name !== undefined)
    throw input('no-such-stage', `${label}: a stage file holds one stage, without names; leave out #${name}`);
  const desired = await desiredOf(tree, { ...options, text });
  const isWhole = desired.stage.stageName !== undefined || desired.stage.deploymentId !== undefined;
  return { ...desired, isWhole, notices: [...parsed.notices, ...desired.notices] };
};
