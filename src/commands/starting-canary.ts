/** Where a stage has no canary, API Gateway starts one on the stage's own deployment when any of its settings is written. */
import type { Place } from '../stage/place.js';
import type { Plan } from '../stage/plan.js';
import { type PlanInput, refuse } from './command.js';

/** What an edit calls the stage that it writes to: beside a source, the target. */
type Role = 'stage' | 'target';

/** Whether writing these places starts a canary that nobody asked for. */
export const startsCanary = ({ stage, options }: PlanInput, written: readonly Place[]): boolean =>
  stage.canarySettings === undefined &&
  options['force'] !== true &&
  written.some(({ property }) => property.group === 'canarySettings') &&
  !written.some(({ property }) => property.name === 'canarySettings.deploymentId');

/** API Gateway would not say that it started one. `instead`: what to do about that. */
export const refuseStart = (role: Role, instead: string): Plan =>
  refuse(
    'expectation',
    'no-canary',
    `The ${role} has no canary, and API Gateway would start one on the ${role}'s own deployment. ${instead}, or start it like ` +
      'that with --force.',
  );
