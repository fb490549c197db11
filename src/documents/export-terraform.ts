import { isObject, type Stage } from '../stage/stage.js';
import { longest } from '../text/longest.js';
import { printableLines } from '../text/printable.js';
import { exportedMembers, exportedMethods, wordsOf } from './exported.js';
import { isNamedByUsers, terraformName } from './member-names.js';

/** An argument with its text, or a block or map with its entries. The name of a map ends in an equals sign. */
interface Entry {
  readonly name: string;
  readonly value: string | readonly Entry[];
}

/** A string in HCL, which has fewer escapes than JSON, and where `${` and `%{` start a template. */
const quoted = (text: string): string =>
  JSON.stringify(text)
    .replace(/\\(?:[\\"nrtu]|(b|f))/g, (escaped, letter?: string) =>
      letter === undefined ? escaped : `\\u00${letter === 'b' ? '08' : '0c'}`,
    )
    .replace(/[$%]\{/g, (start) => `${start.slice(0, 1)}${start}`);

const entryOf = ([member, value]: readonly [member: string, value: unknown]): Entry => {
  const name = terraformName(member);
  if (!isObject(value)) return { name, value: typeof value === 'string' ? quoted(value) : String(value) };
  if (!isNamedByUsers(member)) return { name, value: Object.entries(value).map(entryOf) };
  const items = Object.entries(value).map(([key, text]) => ({ name: quoted(key), value: quoted(String(text)) }));
  return { name: `${name} =`, value: items };
};

/** Entries formatted like `terraform fmt`: aligned arguments, then blocks and maps. */
const linesOf = (entries: readonly Entry[], indent: string): readonly string[] => {
  const leaves = entries.filter(({ value }) => typeof value === 'string');
  const width = longest(leaves.map(({ name }) => name));
  const groups = entries.flatMap(({ name, value }) => {
    if (typeof value === 'string' || value.length === 0) return [];
    return [`${indent}${name} {`, ...linesOf(value, `${indent}  `), `${indent}}`];
  });
  return [...leaves.map(({ name, value }) => `${indent}${name.padEnd(width)} = ${value}`), ...groups];
};

const resource = (type: string, name: string, entries: readonly Entry[]): string =>
  [`resource "aws_api_gateway_${type}" "${name}" {`, ...linesOf(entries, '  '), '}', ''].join('\n');

/** The resources of Terraform's AWS provider for a stage. */
export const terraformLines = (stage: Stage): string => {
  const name = ['stage', ...wordsOf(stage.stageName ?? '')].join('_').toLowerCase();
  const api: Entry = { name: 'rest_api_id', value: 'aws_api_gateway_rest_api.this.id' };
  const references = ['rest_api_id', 'stage_name'].map(
    (argument): Entry => ({ name: argument, value: `aws_api_gateway_stage.${name}.${argument}` }),
  );
  const methods = exportedMethods(stage).filter(({ settings }) => Object.keys(settings).length > 0);
  const settings = methods.map(({ key, settings }, index) => {
    const own = Object.entries({ methodPath: key, settings }).map(entryOf);
    return resource('method_settings', `${name}_${index}`, [...references, ...own]);
  });
  const main = resource('stage', name, [api, ...exportedMembers(stage).map(entryOf)]);
  return printableLines([main, ...settings].join('\n'));
};
