/** What set, unset and copy share. */

import type { Choice, MethodChoice } from '../stage/choice.js';
import type { DiffProblem, Wanted } from '../stage/diff.js';
import { isMethodRow, methodEntry, type Place, propertyNamed } from '../stage/place.js';
import type { Plan } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import { type PlanInput, type Request, refuse } from './command.js';

const entries = (methods: MethodChoice): readonly Choice[] =>
  methods === 'all-entries'
    ? [{ property: propertyNamed('methodSettings') }]
    : methods.map((method) => ({ property: methodEntry, method }));

/** Whether a choice is for the methods of `--method`. */
export const isForMethods = ({ property, method }: Choice): boolean =>
  property.group === 'methodSettings' && method === undefined;

/** What was chosen: `--method` without a setting means the whole entry. */
export const chosen = ({ choices, methods }: Pick<Request, 'choices' | 'methods'>): readonly Choice[] =>
  methods === undefined || choices.some(isForMethods) ? choices : [...choices, ...entries(methods)];

/**
 * The problems of an edit that removes properties. A setting of a method that stays is none: its entry is built again, and the
 * setting has its default there.
 */
export const inTheWay = (problems: readonly DiffProblem[], isTaken: Wanted): readonly Problem[] =>
  problems
    .filter(({ place }) => place === undefined || !isMethodRow(place.property) || !isTaken(place))
    .map(({ place: _, ...problem }) => problem);

/** What an edit calls the stage that it writes to. */
type Role = 'stage' | 'target';

/** Whether writing these places would start a canary on the stage's own deployment, as API Gateway does silently. */
export const startsCanary = ({ stage, options }: PlanInput, written: readonly Place[]): boolean =>
  stage.canarySettings === undefined &&
  options['force'] !== true &&
  written.some(({ property }) => property.group === 'canarySettings') &&
  !written.some(({ property }) => property.name === 'canarySettings.deploymentId');

export const refuseStart = (role: Role, instead: string): Plan =>
  refuse(
    'expectation',
    'no-canary',
    `The ${role} has no canary, so API Gateway would start one on the ${role}'s own deployment. ${instead}, or start it that ` +
      'way with --force.',
  );
