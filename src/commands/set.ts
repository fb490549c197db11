import { type Choice, type Resolved, resolve } from '../stage/choice.js';
import { isProblem } from '../stage/codec.js';
import { keeping } from '../stage/keeping.js';
import { decodeAt, nameOf, type Place } from '../stage/place.js';
import type { Notice } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import { everyMethod, groups } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import { changing, contradictions, ordered } from './changing.js';
import { isForMethods } from './choosing.js';
import { type CommandOption, type EditCommand, oneCall, type Request, refusePlaces, usageProblem } from './command.js';
import { methodOptions, settingOptions } from './options.js';
import { refuseStart, startsCanary } from './starting-canary.js';

const variablesOption: CommandOption = {
  name: 'variables',
  kind: 'list',
  argument: 'MAP',
  heading: groups.variables.title,
  help: 'Several variables, as create-stage takes them: a=1,b=2 or JSON',
};

const isFixed = ({ property }: Place): boolean => !property.ops.includes('replace');

/** API Gateway refuses the `:*` that the CloudWatch console and many templates put behind a log group. */
const withoutStar = (choice: Choice): Choice =>
  choice.property.name === 'accessLogSettings.destinationArn' && choice.text?.includes(':log-group:')
    ? { ...choice, text: choice.text.replace(/:\*$/, '') }
    : choice;

const starNotices = (given: readonly Choice[], taken: readonly Choice[]): readonly Notice[] =>
  given.some(({ text }, index) => text !== taken[index]?.text)
    ? [
        {
          code: 'log-group-star',
          message: 'The :* behind the log group is left out: API Gateway takes the ARN without it.',
        },
      ]
    : [];

const keepingNotices = (stage: Stage, resolved: readonly Resolved[]): readonly Notice[] => {
  const asked = new Set(resolved.map(({ place }) => nameOf(place)));
  return resolved
    .filter(({ place: { property, key } }) => property.group === 'methodSettings' && key === everyMethod)
    .flatMap(({ place, choice }) => {
      const leaf = decodeAt(place, choice.text);
      return leaf === undefined || isProblem(leaf)
        ? []
        : keeping(stage, place.property, leaf, (other) => asked.has(nameOf(other)));
    });
};

const check = ({ choices, methods }: Request): readonly Problem[] => {
  if (methods !== undefined && !choices.some(isForMethods))
    return [
      usageProblem(
        '--method says which method the flags of methods are for, and none of them was given, such as --logging-level INFO.',
      ),
    ];
  return choices.length > 0
    ? []
    : [usageProblem('Nothing to set was given: name flags (stage set --help lists them) or PROPERTY=VALUE words.')];
};

export const set: EditCommand = {
  name: 'set',
  also: ['update', 'edit', 'put', 'change', 'add', 'enable'],
  summary: 'Give properties of a stage a value',
  usage: '[TARGET] [PROPERTY=VALUE...]',
  example: "stage set prod.json --variable color=blue --method 'GET /pets' --throttling-rate-limit 50",
  does: 'edit',
  options: [...settingOptions, variablesOption, ...methodOptions],
  targets: 1,
  words: 'assignments',
  // It knows what was asked, which may be what is there already.
  intends: ['method-keeps-value'],
  checksMethods: true,
  check,
  plan: (input) => {
    const choices = input.choices.map(withoutStar);
    const { resolved, notices } = resolve(choices, input.stage, input.methods);
    const contrary = contradictions(resolved);
    if (contrary.length > 0) return { kind: 'usage', problems: contrary };
    const known = ordered(resolved);
    const places = known.map(({ place }) => place);
    const fixed = places.filter(isFixed);
    if (fixed.length > 0) return refusePlaces('not-settable', 'cannot be set', fixed);
    if (startsCanary(input, places))
      return refuseStart('stage', 'Say what the canary is to serve with --canary-deployment-id ID');
    return oneCall(changing(input.stage, known), [
      ...starNotices(input.choices, choices),
      ...notices,
      ...keepingNotices(input.stage, known),
    ]);
  },
};
