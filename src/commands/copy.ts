import { absentStage } from '../stage/creation.js';
import { diffStages, type Wanted } from '../stage/diff.js';
import { readableName } from '../stage/method.js';
import { coveredBy, findProperty, leavesOf, readLeaf, readPlace, withLeaves } from '../stage/place.js';
import type { Notice, Plan } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import type { Property } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import {
  type CommandOption,
  chosen,
  type EditCommand,
  inTheWay,
  noticeIf,
  oneCall,
  optionsUnder,
  type PlanInput,
  type Request,
  refuse,
  refuseStart,
  usageProblem,
} from './command.js';
import { idleDeployment, newDeployment, planCreation } from './creating.js';
import { choosingOptions, methodOptions, unknownMethodOption } from './options.js';
import { placesOf, unknownChoices } from './selecting.js';

const option = optionsUnder('Copy');

const options: readonly CommandOption[] = [
  option('all', undefined, 'Everything except what belongs to one stage, such as its deployment'),
  option('exclude', 'PROPERTY', 'Do not copy this property: variables.DEBUG, variables.*', { kind: 'list' }),
  option('create', undefined, 'Create the target if it is not there, tags too; a live one with --deployment-id ID'),
  option('prune', undefined, 'Also remove chosen properties from the target that the source lacks'),
  option('from', 'PROPERTY', 'Within a stage: the property to copy from', { needs: ['to'] }),
  option('to', 'PROPERTY', 'Within a stage: the property to copy to', { needs: ['from'] }),
  ...choosingOptions,
  ...methodOptions,
  unknownMethodOption,
];

const deployment = newDeployment('Copy');

/** Whether --all copies a property. Only a new stage gets tags: no operation sets them. */
const isInAll = ({ name, group, ops, bound }: Property, { stage }: PlanInput): boolean =>
  name === 'tags.{name}' ? stage === absentStage : ops.includes('replace') && group !== 'canarySettings' && !bound;

/** Whether --prune can remove a property. A boolean that the source lacks has an unknown value, so it stays. */
const isPrunable = ({ ops, clear, group }: Property): boolean =>
  ops.includes('remove') || clear === '' || group === 'accessLogSettings' || group === 'methodSettings';

const waysToChoose = '--variable NAME, --all-variables, --all-methods, --access-log, --canary or --all';
const nothingChosen = refuse('usage', 'nothing-chosen', `Nothing to copy: name properties, or give ${waysToChoose}.`);

/** The patch path of a property. Other words are left for API Gateway to refuse. */
const pathFrom = (word: string): string => findProperty(word)?.path ?? word;

/** The leaves to copy, and notices about named properties that the source lacks and --prune does not remove. */
const select = (
  input: PlanInput,
  source: Stage,
): { readonly isWanted: Wanted; readonly notices: readonly Notice[] } => {
  const { all, prune } = input.options;
  const named = placesOf(chosen(input), input, source);
  const [isNamed, isExcluded] = [coveredBy(named), coveredBy(placesOf(input.excluded, input, source))];
  // The canary is removed only if the source has none and the whole canary was chosen.
  const isWhole = named.some(({ property }) => property.name === 'canarySettings');
  const endsCanary = source.canarySettings === undefined && isWhole;
  const isPruned: Wanted = ({ property }) =>
    prune === true && (isPrunable(property) || (endsCanary && property.group === 'canarySettings'));
  // Unless named, access-log settings are not removed: the destination belongs to the stage, and the format to it.
  const isLoss: Wanted = (leaf) => isPruned(leaf) && (isNamed(leaf) || leaf.property.group !== 'accessLogSettings');
  const isWanted: Wanted = (leaf) =>
    ((all === true && isInAll(leaf.property, input)) || isNamed(leaf)) &&
    !isExcluded(leaf) &&
    (readLeaf(source, leaf) !== undefined || isLoss(leaf));
  const absent = named
    .filter((place) => readPlace(source, place) === undefined && !isExcluded(place) && !isPruned(place))
    .map((place) => readableName(place));
  return { isWanted, notices: noticeIf(absent.length > 0, 'not-in-source', `The source has no ${absent.join(', ')}.`) };
};

const copyBetween = (input: PlanInput, source: Stage): Plan => {
  if (chosen(input).length === 0 && input.options['all'] !== true) return nothingChosen;
  const unknown = unknownChoices(input, source, 'the source nor the target');
  if (unknown.length > 0) return { kind: 'usage', problems: unknown };
  const { isWanted, notices } = select(input, source);
  const wanted = leavesOf(source).filter(isWanted);
  const start = refuseStart(input, wanted, 'target', 'Copy the whole --canary');
  if (input.stage === absentStage) {
    const leaves = wanted.map((place) => ({ place, leaf: readLeaf(source, place) }));
    return start ?? planCreation(withLeaves({}, leaves), input, notices);
  }
  const { operations, problems } = diffStages(input.stage, source, isWanted);
  const left = inTheWay(problems, (place) => readLeaf(source, place) === undefined);
  if (left.length > 0) return { kind: 'patch', problems: left };
  return start ?? oneCall(operations, [...idleDeployment(input), ...notices]);
};

const choosesMore = ({ options: { all, prune, create }, choices, methods, excluded }: Request): boolean =>
  all === true || prune === true || create === true || choices.length + excluded.length > 0 || methods !== undefined;

const check = (request: Request): readonly Problem[] =>
  request.options['from'] !== undefined && choosesMore(request)
    ? [usageProblem('copy --from --to copies one value within a stage; other properties cannot be chosen too.')]
    : [];

export const copy: EditCommand = {
  name: 'copy',
  also: ['cp', 'clone', 'sync'],
  summary: 'Copy chosen properties from one stage to another, or a value within a stage',
  usage: 'SOURCE TARGET [PROPERTY...]',
  example: 'stage copy staging.json prod.json --all-variables --exclude variables.DEBUG',
  does: 'edit',
  options,
  variant: { name: 'create', options: options.map((each) => (each.name === deployment.name ? deployment : each)) },
  targets: 2,
  words: 'properties',
  isWithin: ({ from }) => from !== undefined,
  check,
  plan: (input) => {
    const { from, to } = input.options;
    if (typeof from === 'string' && typeof to === 'string')
      return oneCall([{ op: 'copy', from: pathFrom(from), path: pathFrom(to) }]);
    return input.source === undefined ? nothingChosen : copyBetween(input, input.source);
  },
};
