import { boolean, id } from '../stage/codec.js';
import { isNamed } from '../stage/place.js';
import { groups, type Property, properties } from '../stage/properties.js';
import type { CommandOption, OptionForm } from './command.js';

const placeholderOf = ({ codec }: Property): string => {
  if (codec === id) return 'ID';
  return codec?.schema.type === 'string' ? 'TEXT' : 'NUMBER';
};

const flagNamed = (property: Property, name: string, form: OptionForm): CommandOption => ({
  name,
  help: property.help,
  heading: groups[property.group].title,
  property,
  ...(property.alias !== undefined && { alias: property.alias }),
  ...form,
});

const settingFlag = (property: Property, name: string): CommandOption => {
  if (isNamed(property)) return flagNamed(property, name, { kind: 'list', argument: 'NAME=VALUE' });
  if (property.codec === boolean) return flagNamed(property, name, { kind: 'on-off' });
  const hint = property.codec?.schema['enum'] ? `: ${property.codec.hint}` : '';
  const flag = flagNamed(property, name, { kind: 'text', argument: placeholderOf(property) });
  return { ...flag, help: `${property.help}${hint}` };
};

/** The flags that give a property a value, from the table. */
export const settingOptions: readonly CommandOption[] = properties.flatMap((property) =>
  property.flag !== undefined && property.codec !== undefined ? [settingFlag(property, property.flag)] : [],
);

const heading = groups.methodSettings.title;

/** Which methods the flags for methods are about. */
export const methodOptions: readonly CommandOption[] = [
  {
    name: 'method',
    kind: 'list',
    argument: 'METHOD',
    heading,
    help: "The method that is meant: 'GET /pets/{id}', or '*/*', which is all methods",
  },
  { name: 'all-methods', kind: 'switch', heading, help: "'*/*' and every method that has settings of its own" },
];

/** Whether `set` has the flag of a property; those that choose a whole group are of `unset` and `copy` alone. */
export const isOfSet = (property: Property): boolean =>
  [...settingOptions, ...methodOptions].some(({ name }) => name === property.flag);

/** The flags that choose a property without giving it a value, from the table. */
export const choosingOptions: readonly CommandOption[] = properties.flatMap((property) => {
  if (property.flag === undefined || methodOptions.some(({ name }) => name === property.flag)) return [];
  return [
    flagNamed(property, property.flag, isNamed(property) ? { kind: 'list', argument: 'NAME' } : { kind: 'switch' }),
  ];
});

/** Whether a flag takes the name of a variable alone: it chooses the variable, and gives it no value. */
export const takesName = (flag: CommandOption): boolean => 'argument' in flag && flag.argument === 'NAME';
