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
  /** `--x`; `--x` and `--no-x`; `--x TEXT`; `--x TEXT`, repeated; `--x ITEM ITEM …`. */
  readonly kind: 'switch' | 'on-off' | 'text' | 'list' | 'items';
  /** What the help calls its text: `NAME=VALUE`. */
  readonly argument?: string;
  readonly help: string;
  /** Of its group in the help. */
  readonly heading: string;
  /** One letter: `n`. */
  readonly short?: string;
  readonly alias?: string;
  readonly isRequired?: true;
  /** The only texts that it takes. */
  readonly choices?: readonly string[];
  /** The number that its text stands for; or what was expected, and what was given. */
  readonly parse?: (text: string) => number | string;
  /** Its text where none is given. */
  readonly default?: string;
  /** Elsewhere an empty text is refused: an unset shell variable looks like it. */
  readonly takesEmpty?: true;
  /** The row that the option is made of. */
  readonly property?: Property;
  /** Not in the help. */
  readonly isHidden?: true;
}

/** The options under one heading of the help; those without an argument are switches. */
export const optionsUnder =
  (heading: string) =>
  (name: string, argument: string | undefined, help: string, more: Partial<CommandOption> = {}): CommandOption => ({
    ...{ name, heading, help, kind: argument === undefined ? 'switch' : 'text' },
    ...(argument !== undefined && { argument }),
    ...more,
  });

/** What the user asked a command to do, as far as words and options say it. */
export interface Request {
  readonly choices: readonly Choice[];
  /** Of `--method` and `--all-methods`; undefined if neither was given. */
  readonly methods: MethodChoice | undefined;
  /** Of `--only`. */
  readonly only: readonly Choice[];
  /** Of `--exclude`. */
  readonly excluded: readonly Choice[];
  /** Of `--patch-operations`. */
  readonly operations: readonly PatchOperation[];
  /** The options that were given a text, or are on. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
  readonly notices: readonly Notice[];
}

/** The request with what is not for the command itself. */
export interface ParsedRequest extends Request {
  /** The words that are not properties, in the order given: TARGET, or SOURCE and TARGET. */
  readonly targets: readonly string[];
  /** What `--expect` names, with the text that it is to have. */
  readonly expected: readonly Choice[];
}

/** A property that an edit changed, as the journal holds it. */
export interface Touched {
  readonly path: string;
  readonly before?: Leaf;
  readonly after?: Leaf;
  /** The values are secrets, so that the journal does not hold them. */
  readonly isMasked?: true;
}

/** What `undo` needs to know of an edit. */
export interface Undoable {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** `started`: it is not known how far the edit came. `failed`: it changed nothing. */
  readonly state: 'started' | 'done' | 'failed';
  readonly touched: readonly Touched[];
  /** Its calls that cannot be undone. */
  readonly others?: readonly OtherCall['kind'][];
}

export interface PlanInput extends Request {
  readonly stage: Stage;
  /** The stage that `copy` copies from. */
  readonly source?: Stage;
  /** What the document of `--file` asks for. */
  readonly desired?: Desired;
  /** Of a command that looks back: the deployments of the API, newest first. */
  readonly deployments?: readonly Deployment[];
  /** Of a command that looks back: the deployments that the stage is known to have served before, newest first. */
  readonly served?: readonly string[];
  /** The edit that `undo` undoes. */
  readonly entry?: Undoable;
  /** Of a live stage: a random word that marks what the edit makes. */
  readonly runId?: string;
}

type AnyDeed = 'edit' | 'read' | 'tell' | RunCommand['does'];

interface CommandRecord {
  readonly name: string;
  /** Other names that it is called by. */
  readonly aliases?: readonly string[];
  /** What people call it otherwise: not accepted, but understood by suggestions. */
  readonly also?: readonly string[];
  readonly summary: string;
  /** After the name in the usage line: `[TARGET] [PROPERTY=VALUE…]`. */
  readonly usage: string;
  /** One line that can be pasted. */
  readonly example: string;
  /** Help above the example. A function, so that its text is loaded only for help. */
  more?(): string;
  /** What it does with stages: edit one, read one, list or serve many; `tell` needs none. Decides which shared options it has. */
  readonly does: AnyDeed;
  readonly options: readonly CommandOption[];
  /** On a line with this option, its options are these. */
  readonly variant?: { readonly name: string; readonly options: readonly CommandOption[] };
  /** How many of its words say where: a stage, two, any number, an API, a folder. */
  readonly targets: number;
  /** Its last word is not a target, but what this option says. */
  readonly lastWord?: string;
  /** Whether a command of two stages is about one of them alone. */
  isWithin?(options: Request['options']): boolean;
  /** The problems of the request as a whole, if its parts have none. */
  check?(request: Request): readonly Problem[];
}

/** A command that decides an edit; a target makes it. */
export interface EditCommand extends CommandRecord {
  readonly does: 'edit';
  /** Which words it takes besides the target. */
  readonly words: 'none' | 'properties' | 'assignments';
  /** It replaces `aws apigateway update-stage`: operations are sent as given, and may name another stage than is meant. */
  readonly standsIn?: true;
  /** API Gateway ignores settings of a method that the API does not have, so a live API is asked first. */
  readonly checksMethods?: true;
  /** A rollout of the stage ends with it. */
  readonly stopsRollout?: true;
  /** Only API Gateway can do it. */
  readonly isLiveOnly?: true;
  /** Whether it needs to know what the stage served before. */
  looksBack?(options: Request['options']): boolean;
  /** It needs an edit that the journal holds. */
  readonly undoes?: true;
  /** Codes of rules that it breaks on purpose, or reports itself. */
  readonly intends?: readonly string[];
  /** How its result is printed by default. */
  readonly output?: 'stage';
  /** A dry run of it is a plan to keep: `-o patch` begins with tests of what it overwrites. */
  readonly keepsPlan?: true;
  plan(input: PlanInput): Plan;
}

/** A command that only reads. */
export interface ReadCommand extends CommandRecord {
  /** Properties, or what their names end with. */
  readonly words: 'properties' | 'names';
  readonly does: 'read' | 'tell';
  view(input: PlanInput): View;
}

/** A command that is not about one stage; `cli/` runs it. */
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
  /** For sentences: `one API`. */
  readonly takes: string;
  /** The only words that it takes. */
  readonly wordChoices?: readonly string[];
  readonly words: 'none';
}

export type AnyCommand = EditCommand | ReadCommand | RunCommand;

export const targetsOf = ({ targets, isWithin }: AnyCommand, options: Request['options']): number =>
  isWithin?.(options) ? 1 : targets;

/** What a read command shows. */
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

export const usageProblem = (message: string): Problem => ({ code: 'usage', message });

/** Refuses places that a command cannot change, each with what to do instead. */
export const refusePlaces = (code: string, cannot: string, places: readonly Place[]): Plan => ({
  kind: 'usage',
  problems: places.map((place) => {
    const message = `${readableName(place)} ${cannot}. ${place.property.instead ?? ''}`;
    return { code, message };
  }),
});

export const refuse = (kind: FailureKind, code: string, message: string) => ({ kind, problems: [{ code, message }] });

/** Whether a choice is for the methods of `--method`. */
export const isForMethods = ({ property, method }: Choice): boolean =>
  property.group === 'methodSettings' && method === undefined;

/** What was chosen: `--method` without a setting means the whole entry. */
export const chosen = ({ choices, methods }: Request): readonly Choice[] => {
  if (methods === undefined || choices.some(isForMethods)) return choices;
  if (methods === 'all-entries') return [...choices, { property: propertyNamed('methodSettings') }];
  return [...choices, ...methods.map((method) => ({ property: methodEntry, method }))];
};

/**
 * The problems of an edit that removes properties. A setting of a method that stays is none: its entry is built again, and the
 * setting has its default there.
 */
export const inTheWay = (problems: readonly DiffProblem[], isTaken: Wanted): readonly Problem[] =>
  problems
    .filter(({ place }) => place === undefined || !isMethodRow(place.property) || !isTaken(place))
    .map(({ place: _, ...problem }) => problem);

/** The refusal to start a canary on the stage's own deployment, as API Gateway does silently if its settings are written. */
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
