/** Shared by commands that can create a stage. */
import { creationOf } from '../stage/creation.js';
import type { Notice, Plan } from '../stage/plan.js';
import type { Stage } from '../stage/stage.js';
import { noticeIf, optionsUnder, type PlanInput } from './command.js';

/** The option `--deployment-id` for a stage to create. */
export const newDeployment = (heading: string) =>
  optionsUnder(heading)('deployment-id', 'ID', 'The deployment that a new stage serves', { needs: ['create'] });

/** The calls that create a stage like `goal`, on the deployment from `--deployment-id` if given. */
export const planCreation = (goal: Stage, { options }: PlanInput, notices: readonly Notice[]): Plan => {
  const { 'deployment-id': deploymentId } = options;
  const wanted = typeof deploymentId === 'string' ? { ...goal, deploymentId } : goal;
  const { calls, notices: told, problems } = creationOf(wanted);
  if (problems.length > 0) return { kind: 'patch', problems: problems.map(({ place: _, ...problem }) => problem) };
  return { calls, notices: [...notices, ...told] };
};

/** The notice that `--deployment-id` has no effect on an existing stage. */
export const idleDeployment = ({ stage, options: { 'deployment-id': id } }: PlanInput): readonly Notice[] => {
  const message = `The stage is there, and serves ${stage.deploymentId}: --deployment-id has no effect. To change it: stage rollback TARGET --to ${id}.`;
  return noticeIf(typeof id === 'string' && id !== stage.deploymentId, 'stage-exists', message);
};
