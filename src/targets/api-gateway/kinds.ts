/** The kinds of calls: how to send each, and how to find out whether one was applied if its answer was lost. */
import { describedDeployment, isDeploymentOf, settingCanary } from '../../stage/canary-deployment.js';
import { absentStage } from '../../stage/creation.js';
import { type Change, changesBetween, type Wanted } from '../../stage/diff.js';
import { applyPatch } from '../../stage/patch.js';
import { readLeaf } from '../../stage/place.js';
import type { Call } from '../../stage/plan.js';
import type { Stage } from '../../stage/stage.js';
import { namedBy, type Step } from './calls.js';
import { readDeployments } from './deployments.js';
import { type FoundStage, findStage, readLive } from './lookups.js';

interface Seen {
  readonly now: Stage;
  readonly isApplied: boolean;
  /** The changes of what the call is about. If it was not applied, others made them. */
  readonly changes: readonly Change[];
}

type StepOf<Kind> = Step & { readonly kind: Kind };

/** `held` is the stage as API Gateway last answered with it. */
interface KindOfCall<Kind> {
  /** Makes one attempt. Resolves to the stage afterwards, as far as the answer shows it. */
  send(step: StepOf<Kind>, held: Stage, found: FoundStage, signal: AbortSignal): Promise<Stage>;
  look(step: StepOf<Kind>, held: Stage, found: FoundStage): Promise<Seen>;
}

/** Compares the places that the call names. */
const updating: KindOfCall<'UpdateStage'> = {
  send: ({ operations }, _held, { restApiId, stageName, session }, signal) =>
    session.api.updateStage(restApiId, stageName, operations, signal),
  look: async ({ operations, after, unproven }, held, found) => {
    const now = await readLive(found);
    const isNamed = namedBy(operations);
    const changes = changesBetween(held, now, isNamed);
    const isAfter = unproven.length === 0 && changesBetween(after, now, isNamed).length === 0;
    return { now, isApplied: changes.length > 0 && isAfter, changes };
  },
};

/** Looks for the whole stage: CreateStage is all or nothing. */
const creating: KindOfCall<'CreateStage'> = {
  send: ({ stage }, _held, { restApiId, stageName, session }, signal) =>
    session.api.createStage(restApiId, stageName, stage, signal),
  look: async ({ after }, _held, found) => {
    const now = await findStage(found, true);
    const isMeant: Wanted = (place) => readLeaf(after, place) !== undefined;
    const isAfter = now !== absentStage && changesBetween(after, now, isMeant).length === 0;
    return { now, isApplied: isAfter, changes: changesBetween(absentStage, now) };
  },
};

/** Flushing twice does no harm: if the status does not show a flush, the call may be sent again. */
const flushing: KindOfCall<'FlushStageCache'> = {
  send: async (_step, held, { restApiId, stageName, session }, signal) => {
    await session.api.flushStageCache(restApiId, stageName, signal);
    return held;
  },
  look: async (_step, held, found) => {
    const now = await readLive(found);
    const changes = changesBetween(held, now, ({ property }) => property.name === 'cacheClusterEnabled');
    return { now, isApplied: now.cacheClusterStatus === 'FLUSH_IN_PROGRESS', changes };
  },
};

/** Sending it twice would make two deployments. The mark in the description shows whether one was made. */
const deploying: KindOfCall<'CreateDeployment'> = {
  send: async (step, held, { restApiId, stageName, session }, signal) => {
    const { canarySettings } = step;
    const input = { description: describedDeployment(step), canarySettings };
    const deploymentId = await session.api.createDeployment(restApiId, stageName, input, signal);
    return applyPatch(held, settingCanary({ ...canarySettings, deploymentId }, held));
  },
  look: async (step, held, found) => {
    const deployments = await readDeployments(found.restApiId, found.session);
    const now = await readLive(found);
    const changes = changesBetween(held, now, ({ property }) => property.group === 'canarySettings');
    return { now, isApplied: deployments.some((deployment) => isDeploymentOf(step, deployment)), changes };
  },
};

const kinds: { readonly [Kind in Call['kind']]: KindOfCall<Kind> } = {
  UpdateStage: updating,
  CreateStage: creating,
  FlushStageCache: flushing,
  CreateDeployment: deploying,
};

export const kindOfCall = ({ kind }: Step): KindOfCall<Step['kind']> => kinds[kind] as KindOfCall<Step['kind']>;
