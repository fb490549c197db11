import { type Choice, resolve } from '../stage/choice.js';
import type { Wanted } from '../stage/diff.js';
import { diffStages } from '../stage/diff.js';
import { isDeadKey, readableKey, readableName, spellingNotice } from '../stage/method.js';
import {
  coveredBy,
  findProperty,
  isKeyed,
  isMethodRow,
  leavesOf,
  methodEntry,
  type Place,
  placesFor,
  readLeaf,
  readPlace,
} from '../stage/place.js';
import type { Notice, Plan } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import { everyMethod, type Property } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { chosen, inTheWay, refuseStart, startsCanary } from './choosing.js';
import {
  type CommandOption,
  type EditCommand,
  oneCall,
  type PlanInput,
  type Request,
  refuse,
  usageProblem,
} from './command.js';
import { choosingOptions, methodOptions } from './options.js';

const heading = 'Copy';

const ownOptions: readonly CommandOption[] = [
  { name: 'all', kind: 'switch', heading, help: 'Everything except what belongs to one stage, such as its deployment' },
  {
    name: 'exclude',
    kind: 'list',
    argument: 'PROPERTY',
    heading,
    help: 'Do not copy this property: variables.DEBUG, variables.*',
  },
  {
    name: 'prune',
    kind: 'switch',
    heading,
    help: 'Also remove chosen properties from the target that the source lacks',
  },
  { name: 'from', kind: 'text', argument: 'PROPERTY', heading, help: 'Within a stage: the property to copy from' },
  { name: 'to', kind: 'text', argument: 'PROPERTY', heading, help: 'Within a stage: the property to copy to' },
];

const isInAll = ({ group, ops, bound }: Property): boolean =>
  ops.includes('replace') && group !== 'canarySettings' && !bound;

/** What can be removed. A boolean that the source lacks is unknown, so it stays. */
const isPrunable = ({ ops, clear, group }: Property): boolean =>
  ops.includes('remove') || clear === '' || group === 'accessLogSettings' || group === 'methodSettings';

type Spellings = ReadonlyMap<string, string>;

/** The keys of the source's methods as the target spells them, so that a method has one entry; dead keys stay as they are. */
const spellings = ({ methodSettings: source = {} }: Stage, { methodSettings: target = {} }: Stage): Spellings => {
  const alive = Object.keys(target).filter((key) => !isDeadKey(key));
  const there = new Map(alive.map((key) => [readableKey(key), key]));
  const spell = (key: string): string => {
    const other = Object.hasOwn(target, key) || isDeadKey(key) ? key : (there.get(readableKey(key)) ?? key);
    return Object.hasOwn(source, other) ? key : other;
  };
  return new Map(Object.keys(source).map((key) => [key, spell(key)]));
};

const respelled = (source: Stage, keys: Spellings): Stage => {
  const entries = Object.entries(source.methodSettings ?? {});
  return source.methodSettings === undefined
    ? source
    : { ...source, methodSettings: Object.fromEntries(entries.map(([key, entry]) => [keys.get(key) ?? key, entry])) };
};

const spellingNotices = (keys: Spellings, wanted: readonly Place[]): readonly Notice[] => {
  const used = new Set(wanted.filter(({ property }) => property.group === 'methodSettings').map(({ key }) => key));
  return [...keys].filter(([, key]) => used.has(key)).flatMap(([key, there]) => spellingNotice({ key }, there));
};

const nothingChosen = refuse(
  'usage',
  'nothing-chosen',
  'Nothing to copy: name properties (description, variables.color), or give --variable NAME, --all-variables, ' +
    "--method 'GET /pets', --all-methods, --access-log, --canary, the option of a property without a value, or --all.",
);

/** The patch path of a property. Other words are for API Gateway to refuse. */
const pathFrom = (word: string): string => findProperty(word)?.path ?? word;

const copyWithin = (from: string, to: string): Plan =>
  oneCall([{ op: 'copy', from: pathFrom(from), path: pathFrom(to) }]);

const placesOf = (choices: readonly Choice[], input: PlanInput, source: Stage): readonly Place[] => {
  const methodSettings = { ...source.methodSettings, ...input.stage.methodSettings };
  return resolve(choices, { methodSettings }, input.methods).resolved.map(({ place }) => place);
};

/** The places that the user named, and which of them are not copied. */
interface Selection {
  readonly named: readonly Place[];
  readonly isExcluded: Wanted;
}

const selectionOf = (input: PlanInput, source: Stage): Selection => ({
  named: placesOf(chosen(input), input, source),
  isExcluded: coveredBy(placesOf(input.excluded, input, source)),
});

/** What may be pruned: the canary only if the source has none and the whole canary was chosen. */
const pruning = ({ named }: Selection, { options }: PlanInput, source: Stage): Wanted => {
  if (options['prune'] !== true) return () => false;
  const isWhole = named.some(({ property }) => property.name === 'canarySettings');
  const endsCanary = source.canarySettings === undefined && isWhole;
  return ({ property }) => isPrunable(property) || (endsCanary && property.group === 'canarySettings');
};

/** Whether a leaf becomes what it is in the source. */
const wanting = (selection: Selection, input: PlanInput, source: Stage): Wanted => {
  const isNamed = coveredBy(selection.named);
  const isPruned = pruning(selection, input, source);
  const isAll = input.options['all'] === true;
  // A log format stays with its destination, which belongs to the stage, unless it is named.
  const isLoss = (leaf: Place): boolean =>
    isPruned(leaf) && (isNamed(leaf) || leaf.property.group !== 'accessLogSettings');
  return (leaf) =>
    ((isAll && isInAll(leaf.property)) || isNamed(leaf)) &&
    !selection.isExcluded(leaf) &&
    (readLeaf(source, leaf) !== undefined || isLoss(leaf));
};

/** Named, missing in the source, and not pruned. */
const absenceNotices = (selection: Selection, input: PlanInput, source: Stage): readonly Notice[] => {
  const isPruned = pruning(selection, input, source);
  const absent = selection.named.filter(
    (place) => readPlace(source, place) === undefined && !selection.isExcluded(place) && !isPruned(place),
  );
  const message = `The source has no ${absent.map((place) => readableName(place)).join(', ')}.`;
  return absent.length > 0 ? [{ code: 'not-in-source', message }] : [];
};

const sharedStart = (one: string, other: string): number => {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
};

/** Words of `--exclude` whose variables or methods neither stage has: a slip would let the property through. */
const unknownExclusions = (input: PlanInput, source: Stage): readonly Problem[] => {
  const stages = [source, input.stage];
  const entryOf = (place: Place) => (isMethodRow(place.property) ? { ...place, property: methodEntry } : place);
  const isKnown = (place: Place): boolean =>
    !isKeyed(place.property) ||
    place.key === everyMethod ||
    stages.some((stage) => readPlace(stage, place) !== undefined);
  return [...new Set(input.excluded.map(({ word }) => word))].flatMap((word) => {
    const choices = input.excluded.filter((choice) => choice.word === word);
    const places = placesOf(choices, input, source).map(entryOf);
    const [first] = places;
    if (first === undefined || places.some(isKnown)) return [];
    const there = new Set(
      stages.flatMap((stage) => placesFor(stage, first.property)).map((place) => readableName(place)),
    );
    const near = [...there].sort((a, b) => sharedStart(b, readableName(first)) - sharedStart(a, readableName(first)));
    const advice = near.length > 0 ? ` Did you mean ${near.slice(0, 5).join(', ')}?` : '';
    return [usageProblem(`--exclude ${word}: neither the source nor the target has it.${advice}`)];
  });
};

const copyBetween = (input: PlanInput, given: Stage): Plan => {
  if (chosen(input).length === 0 && input.options['all'] !== true) return nothingChosen;
  const unknown = unknownExclusions(input, given);
  if (unknown.length > 0) return { kind: 'usage', problems: unknown };
  const keys = spellings(given, input.stage);
  const source = respelled(given, keys);
  const selection = selectionOf(input, source);
  const isWanted = wanting(selection, input, source);
  const { operations, problems } = diffStages(input.stage, source, isWanted);
  const left = inTheWay(problems, (place) => readLeaf(source, place) === undefined);
  if (left.length > 0) return { kind: 'patch', problems: left };
  const wanted = leavesOf(source).filter(isWanted);
  if (startsCanary(input, wanted)) return refuseStart('target', 'Copy the whole --canary');
  return oneCall(operations, [...spellingNotices(keys, wanted), ...absenceNotices(selection, input, source)]);
};

const choosesMore = ({ options: { all, prune }, choices, methods, excluded }: Request): boolean =>
  all === true || prune === true || choices.length + excluded.length > 0 || methods !== undefined;

const check = (request: Request): readonly Problem[] => {
  const { from, to } = request.options;
  if ((from === undefined) !== (to === undefined))
    return [usageProblem(`copy within a stage needs --from and --to, got only ${from ? '--from' : '--to'}.`)];
  return from !== undefined && choosesMore(request)
    ? [usageProblem('copy --from --to copies one value within a stage; other properties cannot be chosen too.')]
    : [];
};

export const copy: EditCommand = {
  name: 'copy',
  also: ['cp', 'clone', 'sync'],
  summary: 'Copy chosen properties from one stage to another, or a value within a stage',
  usage: 'SOURCE TARGET [PROPERTY...]',
  example: 'stage copy staging.json prod.json --all-variables --exclude variables.DEBUG',
  does: 'edit',
  options: [...ownOptions, ...choosingOptions, ...methodOptions],
  targets: 2,
  words: 'properties',
  checksMethods: true,
  isWithin: ({ from, to }) => from !== undefined || to !== undefined,
  check,
  plan: (input) => {
    const { from, to } = input.options;
    if (typeof from === 'string' && typeof to === 'string') return copyWithin(from, to);
    return input.source === undefined ? nothingChosen : copyBetween(input, input.source);
  },
};
