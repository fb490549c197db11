import type { Choice, MethodChoice } from '../stage/choice.js';
import type { Leaf } from '../stage/codec.js';
import type { Desired } from '../stage/desired.js';
import type { DiffProblem, Wanted } from '../stage/diff.js';
import { readableName } from '../stage/method.js';
import { isMethodRow, methodEntry, type Place, propertyNamed } from '../stage/place.js';
import type { Notice, OtherCall, Plan } from '../stage/plan.js';
import type { FailureKind, Problem } from '../stage/problem.js';
import type { Property } from '../stage/properties.js';
import type { Deployment, PatchOperation, Stage } from '../stage/stage.js';

export interface CommandOption {
  /** Without its dashes: `canary-percent-traffic`. */
  readonly name: string;
  /** In this order: `--x`; `--x` or `--no-x`; `--x TEXT`; repeatable `--x TEXT`; `--x ITEM ITEM …`. */
  readonly kind: 'switch' | 'on-off' | 'text' | 'list' | 'items';
  /** Placeholder of the value in help: `NAME=VALUE`. */
  readonly argument?: string;
  readonly help: string;
  /** The heading of its group in help. */
  readonly heading: string;
  /** One letter: `n`. */
  readonly short?: string;
  readonly alias?: string;
  readonly isRequired?: true;
  /** Other options: without any of them this one has no effect, and is refused. */
  readonly needs?: readonly string[];
  /** An option that cannot be given too. */
  readonly excludes?: string;
  /** The allowed values. */
  readonly choices?: readonly string[];
  /** Returns the number, or a message with what was expected and what was given. */
  readonly parse?: (text: string) => number | string;
  /** The text if the option is not given. */
  readonly default?: string;
  /** Accepts an empty text. Other options refuse it: it is probably an unset shell variable. */
  readonly takesEmpty?: true;
  /** The row that the option is built from. */
  readonly property?: Property;
  /** Omitted from help. */
  readonly isHidden?: true;
}

/** Builds the options under one heading. An option without an argument is a switch. */
export const optionsUnder =
  (heading: string) =>
  (name: string, argument: string | undefined, help: string, more: Partial<CommandOption> = {}): CommandOption => ({
    ...{ name, heading, help, kind: argument === undefined ? 'switch' : 'text' },
    ...(argument !== undefined && { argument }),
    ...more,
  });

/** The request from the command line, before any stage is read. */
export interface Request {
  readonly choices: readonly Choice[];
  /** From `--method` and `--all-methods`; undefined if neither was given. */
  readonly methods: MethodChoice | undefined;
  /** From `--only`. */
  readonly only: readonly Choice[];
  /** From `--exclude`. */
  readonly excluded: readonly Choice[];
  /** From `--patch-operations`. */
  readonly operations: readonly PatchOperation[];
  /** The text of each given option; true for a switch that is on. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
  readonly notices: readonly Notice[];
}

/** The request, with the parts that the command itself does not need. */
export interface ParsedRequest extends Request {
  /** The words that are not properties, in the order given: TARGET, or SOURCE and TARGET. */
  readonly targets: readonly string[];
  /** The properties from `--expect`, each with its expected text. */
  readonly expected: readonly Choice[];
}

/** A property that an edit changed, as the journal holds it. */
export interface Touched {
  readonly path: string;
  readonly before?: Leaf | undefined;
  readonly after?: Leaf | undefined;
  /** The values are secrets and are not in the journal. */
  readonly isMasked?: true;
}

/** What `undo` needs to know of an edit. */
export interface Undoable {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** `started` and `failed`: unknown how much of the edit was applied. `refused`: nothing was changed. */
  readonly state: 'started' | 'done' | 'failed' | 'refused';
  readonly touched: readonly Touched[];
  /** Calls that cannot be undone. */
  readonly others?: readonly OtherCall['kind'][];
}

export interface PlanInput extends Request {
  readonly stage: Stage;
  /** The stage that `copy` copies from. */
  readonly source?: Stage;
  /** The desired stage from `--file`. */
  readonly desired?: Desired;
  /** Only if `looksBack`: the deployments of the API, newest first. */
  readonly deployments?: readonly Deployment[];
  /** Only if `looksBack`: deployments that the stage served according to the journal, newest first; the current one may be among them. */
  readonly served?: readonly string[];
  /** The edit that `undo` undoes. */
  readonly entry?: Undoable;
  /** Only for a live stage: a random word that marks what the edit creates. */
  readonly runId?: string;
}

interface CommandRecord {
  readonly name: string;
  /** Alternative names. */
  readonly aliases?: readonly string[];
  /** Names from other tools: not accepted, but suggestions recognize them. */
  readonly also?: readonly string[];
  readonly summary: string;
  /** The usage line after the name: `[TARGET] [PROPERTY=VALUE…]`. */
  readonly usage: string;
  /** One line that can be pasted. */
  readonly example: string;
  /** Help text above the example. A function, so that the text is built only for help. */
  more?(): string;
  /** The kind of command, such as `edit` or `read`; `tell` needs no stage. Determines the shared options. */
  readonly does: 'edit' | ReadCommand['does'] | RunCommand['does'];
  readonly options: readonly CommandOption[];
  /** On a line with the option `name`, these options replace the others. */
  readonly variant?: { readonly name: string; readonly options: readonly CommandOption[] };
  /** The number of words that name stages, an API, or a folder. */
  readonly targets: number;
  /** The last word is not a target but the value of this option. */
  readonly lastWord?: string;
  /** Whether a command for two stages is used on only one. */
  isWithin?(options: Request['options']): boolean;
  /** Checks the request as a whole, after its parts are valid. */
  check?(request: Request): readonly Problem[];
}

/** A command that plans an edit; a target makes it. */
export interface EditCommand extends CommandRecord {
  readonly does: 'edit';
  /** The words it takes besides targets. */
  readonly words: 'none' | 'properties' | 'assignments';
  /** Replaces `aws apigateway update-stage`: sends operations verbatim, prints the stage, accepts --rest-api-id besides a file. */
  readonly standsIn?: true;
  /** Ends a rollout of the stage. */
  readonly stopsRollout?: true;
  /** Works only on live stages. */
  readonly isLiveOnly?: true;
  /** Whether it needs the deployments that the stage served before. */
  looksBack?(options: Request['options']): boolean;
  /** Needs an edit from the journal. */
  readonly undoes?: true;
  /** Codes of rules that it breaks on purpose or reports itself. */
  readonly intends?: readonly string[];
  /** Its dry run is a plan to save: `-o patch` starts with tests of the values that it overwrites. */
  readonly keepsPlan?: true;
  plan(input: PlanInput): Plan;
}

/** A command that only reads. */
export interface ReadCommand extends CommandRecord {
  /** Properties, or also any of their other names. */
  readonly words: 'properties' | 'names';
  readonly does: 'read' | 'tell';
  view(input: PlanInput): View;
}

/** A command that is not about a single stage; `cli/` runs it. */
export interface RunCommand extends CommandRecord {
  readonly does:
    | 'list'
    | 'deployments'
    | 'serve'
    | 'complete'
    | 'history'
    | 'status'
    | 'diff'
    | 'export'
    | 'validate'
    | 'rollout'
    | 'rollout-status'
    | 'approve';
  /** For messages: `one API`. */
  readonly takes: string;
  /** The allowed words. */
  readonly wordChoices?: readonly string[];
  readonly words: 'none';
}

export type AnyCommand = EditCommand | ReadCommand | RunCommand;

export const targetsOf = ({ targets, isWithin }: AnyCommand, options: Request['options']): number =>
  isWithin?.(options) ? 1 : targets;

/** The result of a read command. */
export type View =
  | { readonly value: unknown }
  | { readonly text: string; readonly value: unknown }
  /** The first row is the header. */
  | { readonly table: readonly (readonly string[])[]; readonly value: unknown }
  | { readonly kind: FailureKind; readonly problems: readonly Problem[] }
  | { readonly nothing: true };

export const oneCall = (operations: readonly PatchOperation[], notices: readonly Notice[] = []): Plan => ({
  calls: operations.length > 0 ? [operations] : [],
  notices,
});

export const noticeIf = (isDue: boolean, code: string, message: string): readonly Notice[] =>
  isDue ? [{ code, message }] : [];

export const usageProblem = (message: string): Problem => ({ code: 'usage', message });

/** Refuses places that a command cannot change, and says what to do instead. */
export const refusePlaces = (code: string, cannot: string, places: readonly Place[]): Plan => ({
  kind: 'usage',
  problems: places.map((place) => {
    const message = `${readableName(place)} ${cannot}. ${place.property.instead ?? ''}`;
    return { code, message };
  }),
});

export const refuse = (kind: FailureKind, code: string, message: string) => ({ kind, problems: [{ code, message }] });

/** Whether a choice applies to the methods from `--method`. */
export const isForMethods = ({ property, method }: Choice): boolean =>
  property.group === 'methodSettings' && method === undefined;

/** The chosen properties: `--method` without a setting means the whole entry. */
export const chosen = ({ choices, methods }: Request): readonly Choice[] => {
  if (methods === undefined || choices.some(isForMethods)) return choices;
  if (methods === 'all-entries') return [...choices, { property: propertyNamed('methodSettings') }];
  return [...choices, ...methods.map((method) => ({ property: methodEntry, method }))];
};

/**
 * The problems of an edit that removes properties. A method setting that cannot be removed is not a problem: its entry
 * is rebuilt, and the setting gets its default there.
 */
export const inTheWay = (problems: readonly DiffProblem[], isTaken: Wanted): readonly Problem[] =>
  problems
    .filter(({ place }) => place === undefined || !isMethodRow(place.property) || !isTaken(place))
    .map(({ place: _, ...problem }) => problem);

/** Refuses to start a canary on the stage's own deployment, as API Gateway does if canary settings are written. */
export const refuseStart = (
  { stage, options }: PlanInput,
  written: readonly Place[],
  role: 'stage' | 'target',
  instead: string,
): Plan | undefined => {
  const isStarted = written.some(({ property }) => property.group === 'canarySettings');
  const hasDeployment = written.some(({ property }) => property.name === 'canarySettings.deploymentId');
  if (stage.canarySettings !== undefined || options['force'] === true || !isStarted || hasDeployment) return undefined;
  const start = `API Gateway would start one on the ${role}'s own deployment`;
  const message = `The ${role} has no canary, so ${start}. ${instead}, or start it that way with --force.`;
  return refuse('expectation', 'no-canary', message);
};
