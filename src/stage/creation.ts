/** What CreateStage makes, and the calls that make a stage. */
import { type DiffProblem, diffStages } from './diff.js';

import { applyPatch, type PatchContext } from './patch.js';
import { leavesOf, readLeaf, readPlace, replaceAt } from './place.js';
import type { Calls, Notice } from './plan.js';
import type { PatchOperation, Stage } from './stage.js';

/** Stands for a stage that is not there: compare by identity. */
export const absentStage: Stage = Object.freeze({});

/**
 * What CreateStage takes besides the name.
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

/** The operations that give a stage all that another says and a replacement can set. */
export const settingAll = (input: Stage): readonly PatchOperation[] =>
  leavesOf(input)
    .filter(({ property }) => property.ops.includes('replace'))
    .map((place) => replaceAt(place, readLeaf(input, place) ?? ''));

/** API Gateway is said to give a cluster without a size the smallest. */
export const withClusterSize = (stage: Stage): Stage =>
  stage.cacheClusterEnabled === true ? { ...stage, cacheClusterSize: stage.cacheClusterSize ?? '0.5' } : stage;

/**
 * The stage that CreateStage makes of its input, without the members that only API Gateway sets.
 *
 * @throws PatchError for what API Gateway would refuse.
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

/** AWS keeps tags with this beginning for itself. */
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

/** The calls that make a stage, and what they cannot give it. */
interface Creation {
  readonly calls: Calls;
  readonly notices: readonly Notice[];
  readonly problems: readonly DiffProblem[];
}

/**
 * How to make a stage like `goal`: CreateStage with all that it takes, then UpdateStage for the rest. The name of a live stage is its
 * target's. Tags that AWS keeps for itself are left out; a web ACL is a notice.
 *
 * @throws PatchError where the engine refuses what CreateStage would be given.
 */
export const creationOf = (goal: Stage): Creation => {
  const input = createInput(goal);
  const isRest = (place: Parameters<typeof readPlace>[1]): boolean =>
    place.property.ops.length > 0 && readPlace(goal, place) !== undefined;
  const { operations, problems } = diffStages(createdStage(input), goal, isRest);
  const rest = operations.length > 0 ? [operations] : [];
  return { calls: [{ kind: 'CreateStage', stage: input }, ...rest], notices: elsewhere(goal), problems };
};
