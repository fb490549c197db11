/** The result of CreateStage, and the calls that create a stage. */
import { type DiffProblem, diffStages } from './diff.js';

import { applyPatch, type PatchContext } from './patch.js';
import { leavesOf, readLeaf, readPlace, replaceAt } from './place.js';
import type { Calls, Notice } from './plan.js';
import type { PatchOperation, Stage } from './stage.js';

/** Placeholder for a stage that does not exist: compare by identity. */
export const absentStage: Stage = Object.freeze({});

/**
 * The members that CreateStage accepts besides the name.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
 */
export const createMembers: readonly (keyof Stage)[] = [
  'deploymentId',
  'description',
  'cacheClusterEnabled',
  'cacheClusterSize',
  'variables',
  'documentationVersion',
  'canarySettings',
  'tracingEnabled',
  'tags',
];

/** Operations that set every leaf of `input` that `replace` can set. */
export const settingAll = (input: Stage): readonly PatchOperation[] =>
  leavesOf(input)
    .filter(({ property }) => property.ops.includes('replace'))
    .map((place) => replaceAt(place, readLeaf(input, place) ?? ''));

/** Unconfirmed: API Gateway gives a cluster without a size the smallest size. */
export const withClusterSize = (stage: Stage): Stage =>
  stage.cacheClusterEnabled === true ? { ...stage, cacheClusterSize: stage.cacheClusterSize ?? '0.5' } : stage;

/**
 * The stage that CreateStage makes from its input, without the members that only API Gateway sets.
 *
 * @throws PatchError if API Gateway would refuse the input.
 */
export const createdStage = (input: Stage, context: PatchContext = {}): Stage => {
  const { stageName, tags } = input;
  const blank: Stage = {
    ...(stageName !== undefined && { stageName }),
    ...{ cacheClusterEnabled: false, methodSettings: {}, tracingEnabled: false },
  };
  const made = withClusterSize(applyPatch(blank, settingAll(input), context));
  return tags === undefined ? made : { ...made, tags };
};

/** AWS reserves tags with this prefix. */
const isOwnTag = (name: string): boolean => !name.startsWith('aws:');

const createInput = (goal: Stage): Stage => {
  const taken = [...createMembers, 'stageName' as const].filter((member) => goal[member] !== undefined);
  const members = taken.map((member) => [member, goal[member]]);
  const { tags, ...input }: Stage = Object.fromEntries(members);
  const own = Object.entries(tags ?? {}).filter(([name]) => isOwnTag(name));
  return own.length === 0 ? input : { ...input, tags: Object.fromEntries(own) };
};

const elsewhere = (goal: Stage): readonly Notice[] =>
  goal.webAclArn === undefined
    ? []
    : [{ code: 'web-acl', message: 'The new stage has no web ACL. Use aws wafv2 associate-web-acl.' }];

/** The calls that create a stage, and problems for what they cannot set. */
interface Creation {
  readonly calls: Calls;
  readonly notices: readonly Notice[];
  readonly problems: readonly DiffProblem[];
}

/**
 * The calls that create a stage like `goal`: CreateStage with everything that it accepts, then UpdateStage for the
 * rest. The target sets the name of a live stage. Reserved tags are left out; a web ACL becomes a notice.
 *
 * @throws PatchError if the engine refuses the input of CreateStage.
 */
export const creationOf = (goal: Stage): Creation => {
  const input = createInput(goal);
  const isRest = (place: Parameters<typeof readPlace>[1]): boolean =>
    place.property.ops.length > 0 && readPlace(goal, place) !== undefined;
  const { operations, problems } = diffStages(createdStage(input), goal, isRest);
  const rest = operations.length > 0 ? [operations] : [];
  return { calls: [{ kind: 'CreateStage', stage: input }, ...rest], notices: elsewhere(goal), problems };
};
