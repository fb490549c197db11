import { type Choice, type Resolved, resolve } from '../stage/choice.js';
import { isProblem, type Leaf } from '../stage/codec.js';
import { isDeadKey, readableName } from '../stage/method.js';
import { applyPatch } from '../stage/patch.js';
import { decodeAt, isMethodRow, nameOf, pathOf, readLeaf, replaceAt } from '../stage/place.js';
import type { Notice } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import { everyMethod, groups, properties } from '../stage/properties.js';
import { keptValues } from '../stage/rules.js';
import type { PatchOperation, Stage } from '../stage/stage.js';
import {
  type EditCommand,
  isForMethods,
  noticeIf,
  oneCall,
  optionsUnder,
  type Request,
  refusePlaces,
  refuseStart,
  usageProblem,
} from './command.js';
import { methodOptions, settingOptions, unknownMethodOption } from './options.js';

const variablesHelp = 'Several variables, as create-stage takes them: a=1,b=2, JSON, or file://FILE';
const variablesOption = optionsUnder(groups.variables.title)('variables', 'MAP', variablesHelp, { kind: 'list' });

/** Drops the `:*` that CloudWatch's console and many templates append to a log group's ARN: API Gateway refuses it. */
const withoutStar = (choice: Choice): Choice =>
  choice.property.name === 'accessLogSettings.destinationArn' && choice.text?.includes(':log-group:')
    ? { ...choice, text: choice.text.replace(/:\*$/, '') }
    : choice;

const leafOf = ({ place, choice }: Resolved): Leaf | undefined => {
  const leaf = decodeAt(place, choice.text);
  return leaf === undefined || isProblem(leaf) ? undefined : leaf;
};

const keptNotices = (stage: Stage, resolved: readonly Resolved[]): readonly Notice[] => {
  const asked = new Set(resolved.map(({ place }) => nameOf(place)));
  return resolved
    .filter((one) => isMethodRow(one.place.property) && one.place.key === everyMethod && leafOf(one) !== undefined)
    .flatMap((one) => keptValues(stage, one.place.property, leafOf(one), (other) => asked.has(nameOf(other))))
    .map((sentence) => ({ code: 'method-keeps-value', message: `${sentence} --all-methods changes every method.` }));
};

/** Problems for places that are given two different values. */
export const contradictions = (resolved: readonly Resolved[]): readonly Problem[] => {
  const valueIn = (one: Resolved) => leafOf(one) ?? one.choice.text;
  const first = new Map<string, Resolved>();
  return resolved.flatMap((one) => {
    const other = first.get(pathOf(one.place)) ?? one;
    first.set(pathOf(one.place), other);
    if (valueIn(other) === valueIn(one)) return [];
    const [word, second] = [other.choice.word, one.choice.word];
    const ways = word === second ? `${word} twice` : `${word} and ${second}`;
    return [usageProblem(`${readableName(one.place)} is given two values: by ${ways}.`)];
  });
};

/**
 * Sorts into an order that API Gateway accepts: the order of the table, then method settings as given, with all methods
 * first, since new entries start from that entry. Drops duplicates of a place.
 */
const ordered = (resolved: readonly Resolved[]): readonly Resolved[] => {
  const rank = ({ place: { property, key } }: Resolved): number =>
    property.group !== 'methodSettings'
      ? properties.indexOf(property)
      : properties.length + Number(key !== everyMethod);
  return [...new Map(resolved.map((one) => [pathOf(one.place), one])).values()].sort((a, b) => rank(a) - rank(b));
};

const replaceOf = ({ place, choice }: Resolved): PatchOperation => replaceAt(place, choice.text ?? '');

/**
 * The replace operations that change something. Settings of a new entry are written even if they equal AWS's defaults:
 * an account's defaults may differ.
 *
 * @throws PatchError with every refused operation.
 */
const changing = (stage: Stage, resolved: readonly Resolved[]): readonly PatchOperation[] => {
  const after = applyPatch(stage, resolved.map(replaceOf), { isStrict: true });
  return resolved.filter(({ place }) => readLeaf(after, place) !== readLeaf(stage, place)).map(replaceOf);
};

const check = ({ choices, methods }: Request): readonly Problem[] => {
  if (methods !== undefined && !choices.some(isForMethods))
    return [usageProblem('--method needs a setting, such as --logging-level INFO.')];
  return choices.length > 0
    ? []
    : [usageProblem('Nothing to set: give options (stage set --help lists them) or PROPERTY=VALUE words.')];
};

export const set: EditCommand = {
  name: 'set',
  also: ['update', 'edit', 'put', 'change', 'add', 'enable'],
  summary: 'Set properties of a stage',
  usage: '[TARGET] [PROPERTY=VALUE...]',
  example: "stage set prod.json --variable color=blue --method 'GET /pets' --throttling-rate-limit 50",
  does: 'edit',
  options: [...settingOptions, variablesOption, ...methodOptions, unknownMethodOption],
  targets: 1,
  words: 'assignments',
  // keptNotices reports this, even if the value was set before.
  intends: ['method-keeps-value'],
  check,
  plan: (input) => {
    const choices = input.choices.map(withoutStar);
    const { resolved, notices } = resolve(choices, input.stage, input.methods, (key) => !isDeadKey(key));
    const contrary = contradictions(resolved);
    if (contrary.length > 0) return { kind: 'usage', problems: contrary };
    const known = ordered(resolved);
    const places = known.map(({ place }) => place);
    const fixed = places.filter(({ property }) => !property.ops.includes('replace'));
    if (fixed.length > 0) return refusePlaces('not-settable', 'cannot be set', fixed);
    const start = refuseStart(input, places, 'stage', 'Give its deployment with --canary-deployment-id ID');
    if (start) return start;
    const isShorter = choices.some(({ text }, index) => text !== input.choices[index]?.text);
    const without = 'The :* at the end of the log group is left out, as API Gateway refuses it.';
    return oneCall(changing(input.stage, known), [
      ...noticeIf(isShorter, 'log-group-star', without),
      ...notices,
      ...keptNotices(input.stage, known),
    ]);
  },
};
