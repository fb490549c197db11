import type { Choice, MethodChoice } from '../stage/choice.js';
import { readableName } from '../stage/method.js';
import type { PatchOperation } from '../stage/operation.js';
import type { Place } from '../stage/place.js';
import type { Notice, Plan } from '../stage/plan.js';
import type { FailureKind, Problem } from '../stage/problem.js';
import type { Property } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';

/** How a flag is written that takes a text: `--x TEXT`; `--x TEXT`, as often as need be; or `--x ITEM ITEM …`. */
interface TextForm {
  readonly kind: 'text' | 'list' | 'items';
  /** What the help calls its value: `NAME=VALUE`. */
  readonly argument: string;
  /** Without it there is nothing to do. */
  readonly isRequired?: true;
}

/** How a flag is written: `--x`; `--x` and `--no-x`; or with a text. */
export type OptionForm = { readonly kind: 'switch' | 'on-off' } | TextForm;

interface OptionRecord {
  /** Without its dashes: `canary-percent-traffic`. */
  readonly name: string;
  readonly help: string;
  /** The heading of the help that it stands under. */
  readonly heading: string;
  /** One letter: `n`. */
  readonly short?: string;
  /** Another name that does the same. */
  readonly alias?: string;
  /** The row that it came from. */
  readonly property?: Property;
  /** Accepted, and not shown. */
  readonly isHidden?: true;
}

export type TextOption = OptionRecord & TextForm;
export type CommandOption = OptionRecord & OptionForm;

/** What the user asked a verb to do, as far as words and flags tell it. */
export interface Request {
  readonly choices: readonly Choice[];
  /** What `--method` and `--all-methods` said; undefined where neither was given. */
  readonly methods: MethodChoice | undefined;
  /** What `--exclude` named. */
  readonly excluded: readonly Choice[];
  /** The operations of `patch`. */
  readonly operations: readonly PatchOperation[];
  /** The verb's own flags: a text, or true. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
  /** What is already known to be worth saying. */
  readonly notices: readonly Notice[];
}

export interface PlanInput extends Request {
  readonly stage: Stage;
  /** The stage that `copy` copies from. */
  readonly source?: Stage;
}

/** What a verb does with stages: edit one, read one, look at all that API Gateway has, serve some, or nothing but tell. */
export type Deed = 'edit' | 'read' | 'list' | 'serve' | 'tell';

/** What every verb says of itself. */
interface CommandRecord {
  readonly name: string;
  readonly summary: string;
  /** Behind the verb in the usage line: `[TARGET] [PROPERTY=VALUE…]`. */
  readonly usage: string;
  /** One line that can be pasted. */
  readonly example: string;
  /** What the help says above the example, where a flag needs more than a line. */
  more?(): string;
  /** By this it has flags besides its own: those of `cli/common-flags.ts`. */
  readonly does: Deed;
  readonly options: readonly CommandOption[];
  /** How many of its words say where: a stage, two, an API, a folder. */
  readonly targets: 0 | 1 | 2;
  /** Asked of a verb of two stages: whether it is about one of them alone. */
  isWithin?(options: Request['options']): boolean;
  /** The problems of what was asked as a whole, where its parts have none. */
  check?(request: Request): readonly Problem[];
}

/** A verb that edits: it decides, and a target does. */
export interface EditCommand extends CommandRecord {
  readonly does: 'edit';
  /** Which words it takes besides the target. */
  readonly words: 'none' | 'properties' | 'assignments';
  /** It takes a call of `aws apigateway update-stage`: what is given is sent as it is, and may name a stage that is not meant. */
  readonly standsIn?: true;
  /** It gives methods settings, in vain where an API has no such method: those of a live one are looked up first. */
  readonly checksMethods?: true;
  /** Codes of rules that it makes true on purpose, or tells of itself, so that they go unsaid. */
  readonly intends?: readonly string[];
  /** How its result is printed unless the user says otherwise. */
  readonly output?: 'stage';
  plan(input: PlanInput): Plan;
}

/** A verb that only looks. */
export interface ReadCommand extends CommandRecord {
  /** Properties, or what their names end with. */
  readonly words: 'properties' | 'names';
  readonly does: 'read' | 'tell';
  view(input: PlanInput): View;
}

/** A verb that is about no one stage: it is carried out in `cli/`. */
export interface RunCommand extends CommandRecord {
  readonly does: 'list' | 'serve';
  /** What its one word stands for. */
  readonly takes: 'one API' | 'one folder';
  readonly words: 'none';
}

export type AnyCommand = EditCommand | ReadCommand | RunCommand;

/** How many of its words say where, with these options. */
export const targetsOf = ({ targets, isWithin }: AnyCommand, options: Request['options']): number =>
  isWithin?.(options) ? 1 : targets;

/** What a verb that looks has found. */
export type View =
  | { readonly value: unknown }
  /** Something to read, and the same as data. */
  | { readonly text: string; readonly value: unknown }
  /** The same in columns, under the first row. */
  | { readonly table: readonly (readonly string[])[]; readonly value: unknown }
  | { readonly kind: FailureKind; readonly problems: readonly Problem[] }
  | { readonly nothing: true };

/** A plan of one call, or of none where there is nothing to do. */
export const oneCall = (operations: readonly PatchOperation[], notices: readonly Notice[] = []): Plan => ({
  calls: operations.length > 0 ? [operations] : [],
  notices,
});

export const usageProblem = (message: string): Problem => ({ code: 'usage', message });

/** Refuses places that a verb can do nothing with, each with what to do instead. */
export const refusePlaces = (code: string, cannot: string, places: readonly Place[]): Plan => ({
  kind: 'usage',
  problems: places.map((place) => ({
    code,
    message: `${readableName(place)} ${cannot}. ${place.property.instead ?? ''}`,
  })),
});

export const refuse = (kind: FailureKind, code: string, message: string): Plan => ({
  kind,
  problems: [{ code, message }],
});
