import { boolean, id } from '../stage/codec.js';
import { isNamed } from '../stage/place.js';
import { groups, type Property, properties } from '../stage/properties.js';
import { type CommandOption, optionsUnder } from './command.js';

const placeholderOf = ({ codec }: Property): string => {
  if (codec === id) return 'ID';
  return codec?.schema.type === 'string' ? 'TEXT' : 'NUMBER';
};

const optionFor = (
  property: Property,
  name: string,
  form: Pick<CommandOption, 'kind' | 'argument'>,
): CommandOption => ({
  ...{ name, help: property.help, heading: groups[property.group].title, property },
  ...(property.alias !== undefined && { alias: property.alias }),
  ...form,
});

const settingOption = (property: Property, name: string): CommandOption => {
  if (isNamed(property)) return optionFor(property, name, { kind: 'list', argument: 'NAME=VALUE' });
  if (property.codec === boolean) return optionFor(property, name, { kind: 'on-off' });
  const hint = property.codec?.schema['enum'] ? `: ${property.codec.hint}` : '';
  const option = optionFor(property, name, { kind: 'text', argument: placeholderOf(property) });
  return { ...option, help: `${property.help}${hint}` };
};

/** The options that set a property. */
export const settingOptions: readonly CommandOption[] = properties.flatMap((property) =>
  property.flag !== undefined && property.codec !== undefined ? [settingOption(property, property.flag)] : [],
);

const option = optionsUnder(groups.methodSettings.title);

/** The options that choose methods. */
export const methodOptions: readonly CommandOption[] = [
  option('method', 'METHOD', "The method to change: 'GET /pets/{id}', or '*/*' for all methods", { kind: 'list' }),
  option('all-methods', undefined, "'*/*' and every method with settings of its own", { excludes: 'method' }),
];

/** A command with this option checks on a live stage that the API has the methods: API Gateway ignores settings of others. */
export const unknownMethodOption: CommandOption = optionsUnder('Live stages')(
  'allow-unknown-method',
  undefined,
  'Do not check that the API has the methods that --method names',
);

/** Whether `set` has the option of a property; only `unset` and `copy` have options for whole groups. */
export const isOfSet = (property: Property): boolean =>
  [...settingOptions, ...methodOptions].some(({ name }) => name === property.flag);

/** The options that choose a property without a value. */
export const choosingOptions: readonly CommandOption[] = properties.flatMap((property) => {
  if (property.flag === undefined || methodOptions.some(({ name }) => name === property.flag)) return [];
  return [
    optionFor(property, property.flag, isNamed(property) ? { kind: 'list', argument: 'NAME' } : { kind: 'switch' }),
  ];
});

/** Whether an option takes a variable's name without a value. */
export const takesName = ({ argument }: CommandOption): boolean => argument === 'NAME';
