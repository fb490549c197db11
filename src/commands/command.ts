import type { Choice, MethodChoice } from '../stage/choice.js';
import type { Desired } from '../stage/desired.js';
import { readableName } from '../stage/method.js';
import type { PatchOperation } from '../stage/operation.js';
import type { Place } from '../stage/place.js';
import type { Notice, Plan } from '../stage/plan.js';
import type { FailureKind, Problem } from '../stage/problem.js';
import type { Property } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';

/** An option with a text: `--x TEXT`; `--x TEXT`, repeated; or `--x ITEM ITEM …`. */
interface TextForm {
  readonly kind: 'text' | 'list' | 'items';
  /** What the help calls its value: `NAME=VALUE`. */
  readonly argument: string;
  readonly isRequired?: true;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  /** Elsewhere an empty value is refused: an unset shell variable looks like it. */
  readonly takesEmpty?: true;
}

/** How an option is written: `--x`; `--x` and `--no-x`; or with a text. */
export type OptionForm = { readonly kind: 'switch' | 'on-off' } | TextForm;

interface OptionRecord {
  /** Without its dashes: `canary-percent-traffic`. */
  readonly name: string;
  readonly help: string;
  /** Of its group in the help. */
  readonly heading: string;
  /** One letter: `n`. */
  readonly short?: string;
  readonly alias?: string;
  /** The row that the option is made of. */
  readonly property?: Property;
  /** Not in the help. */
  readonly isHidden?: true;
}

export type CommandOption = OptionRecord & OptionForm;

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

export interface PlanInput extends Request {
  readonly stage: Stage;
  /** The stage that `copy` copies from. */
  readonly source?: Stage;
  /** What the document of `--file` asks for. */
  readonly desired?: Desired;
}

/** What a command does with stages: edit one, read one, list or serve many; `tell` needs none. */
export type Deed = 'edit' | 'read' | 'list' | 'serve' | 'tell' | 'status' | 'diff' | 'export' | 'validate';

interface CommandRecord {
  readonly name: string;
  /** What people call it otherwise: not accepted, but understood by suggestions. */
  readonly also?: readonly string[];
  readonly summary: string;
  /** After the name in the usage line: `[TARGET] [PROPERTY=VALUE…]`. */
  readonly usage: string;
  /** One line that can be pasted. */
  readonly example: string;
  /** Help above the example. A function, so that its text is loaded only for help. */
  more?(): string;
  /** Decides which options of `cli/common-options.ts` it has. */
  readonly does: Deed;
  readonly options: readonly CommandOption[];
  /** How many of its words say where: a stage, two, an API, a folder. */
  readonly targets: 0 | 1 | 2;
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
  readonly does: 'list' | 'serve' | 'status' | 'diff' | 'export' | 'validate';
  readonly takes?: 'one API' | 'one folder';
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
  problems: places.map((place) => ({
    code,
    message: `${readableName(place)} ${cannot}. ${place.property.instead ?? ''}`,
  })),
});

export const refuse = (kind: FailureKind, code: string, message: string): Plan => ({
  kind,
  problems: [{ code, message }],
});
