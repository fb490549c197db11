import { boolean } from '../stage/codec.js';
import { isMethodRow, isNamed } from '../stage/place.js';
import { defaultMethodSetting, groups, type Property, properties, unsetBy } from '../stage/properties.js';
import type { ReadCommand } from './command.js';
import { isOfSet } from './options.js';

/** API Gateway's default. For properties of a stage or a canary, the value that clears the property. */
const defaultOf = (property: Property): string | undefined => {
  if (property.name === 'canarySettings.deploymentId') return "the stage's own";
  if (!isMethodRow(property)) return property.clear || undefined;
  const value: unknown = Object.entries(defaultMethodSetting).find(([name]) => name === property.field)?.[1];
  return `${value ?? 'unset'}${property.accountDefault ? " (your account's limit may differ)" : ''}`;
};

/** The option, with the commands that have it if `set` does not. */
const optionOf = (property: Property, isInFull: boolean): string | undefined => {
  const { flag, codec } = property;
  if (flag === undefined) return undefined;
  if (!isOfSet(property)) return `--${flag} (unset, copy)`;
  const value = isNamed(property) ? ' NAME=VALUE' : codec && codec !== boolean ? ' VALUE' : '';
  return isInFull ? `--${flag}${value}${isMethodRow(property) ? " --method 'GET /pets'" : ''}` : `--${flag}`;
};

/** All facts about a property, one per line. */
const explainOne = (property: Property): string =>
  [
    property.name,
    `  ${property.help}`,
    '',
    ...(
      [
        ['option', optionOf(property, true)],
        ['path', property.path],
        ['operations', property.ops.join(', ') || 'none'],
        ['refused', property.unproven && `${property.unproven.join(', ')} (undocumented)`],
        ['copied from', property.copyFrom],
        ['values', property.codec?.hint],
        ['default', defaultOf(property)],
        ['unset by', unsetBy(property)],
        ['instead', property.instead],
        ['see', groups[property.group].page],
      ] as const
    ).flatMap(([label, text]) => (text === undefined ? [] : [`  ${label.padEnd(12)}${text}`])),
  ].join('\n');

/** All properties, one row each. */
const explainAll = (): readonly (readonly string[])[] => [
  ['PROPERTY', 'OPTION', 'OPERATIONS', 'VALUES'],
  ...properties.map((property) => [
    property.name,
    optionOf(property, false) ?? '',
    property.ops.join(',') || '-',
    property.codec?.hint ?? '-',
  ]),
];

/** The row for JSON output, with the hint and the schema of its codec. */
const asData = ({ codec, ...row }: Property): unknown => ({
  ...row,
  ...(codec && { values: codec.hint, schema: codec.schema }),
  page: groups[row.group].page,
});

export const explain: ReadCommand = {
  name: 'explain',
  also: ['doc', 'docs', 'info', 'man'],
  summary: 'Explain a property: what it is, how to set it, and where AWS documents it',
  usage: '[PROPERTY...]',
  example: 'stage explain canarySettings.percentTraffic',
  does: 'tell',
  options: [],
  targets: 0,
  words: 'names',
  view: ({ choices }) => {
    const chosen = [...new Set(choices.map(({ property }) => property))];
    return chosen.length === 0
      ? { table: explainAll(), value: properties.map(asData) }
      : { text: chosen.map(explainOne).join('\n\n'), value: chosen.map(asData) };
  },
};
