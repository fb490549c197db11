import { isObject, type Stage } from '../stage/stage.js';
import { printableLines } from '../text/printable.js';
import { exportedMembers, exportedMethods, wordsOf } from './exported.js';
import { snakeCase } from './terraform.js';

type Entry = readonly [name: string, value: unknown];

/** A text of HCL, which knows fewer escapes than JSON, and in which `${` and `%{` would start a template. */
const quoted = (text: string): string =>
  JSON.stringify(text)
    .replace(/\\(?:[\\"nrtu]|(b|f))/g, (escaped, letter?: string) =>
      letter === undefined ? escaped : `\\u00${letter === 'b' ? '08' : '0c'}`,
    )
    .replace(/[$%]\{/g, (start) => `${start.slice(0, 1)}${start}`);

const literal = (value: unknown): string => (typeof value === 'string' ? quoted(value) : String(value));

const isNamedByUsers = (member: string): boolean => ['variables', 'stageVariableOverrides', 'tags'].includes(member);

const groupLines = ([member, value]: Entry, indent: string): readonly string[] => {
  const isMap = isNamedByUsers(member);
  const entries = Object.entries(value as object).map(([key, inner]): Entry => [isMap ? quoted(key) : key, inner]);
  if (entries.length === 0) return [];
  return [
    `${indent}${snakeCase(member)} ${isMap ? '= {' : '{'}`,
    ...bodyLines(entries, [], `${indent}  `),
    `${indent}}`,
  ];
};

/** Members as `terraform fmt` writes them: arguments aligned, blocks after them. References stand first, as they are. */
const bodyLines = (members: readonly Entry[], references: readonly Entry[], indent: string): readonly string[] => {
  const leaves = members
    .filter(([, value]) => !isObject(value))
    .map(([name, value]) => [name, literal(value)] as const);
  const lines = [...references, ...leaves].map(
    ([name, value]) => [name.startsWith('"') ? name : snakeCase(name), value] as const,
  );
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    ...lines.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}`),
    ...members.filter(([, value]) => isObject(value)).flatMap((member) => groupLines(member, indent)),
  ];
};

const resource = (type: string, name: string, references: readonly Entry[], members: readonly Entry[]): string =>
  [`resource "aws_api_gateway_${type}" "${name}" {`, ...bodyLines(members, references, '  '), '}', ''].join('\n');

/** The resources that Terraform's AWS provider has for a stage. */
export const terraformLines = (stage: Stage): string => {
  const name = ['stage', ...wordsOf(stage.stageName ?? '')].join('_').toLowerCase();
  const methods = exportedMethods(stage).filter(({ settings }) => Object.keys(settings).length > 0);
  const settings = methods.map(({ key, settings }, index) => {
    const references = ['restApiId', 'stageName'].map(
      (member): Entry => [member, `aws_api_gateway_stage.${name}.${snakeCase(member)}`],
    );
    return resource('method_settings', `${name}_${index}`, references, [
      ['methodPath', key],
      ['settings', settings],
    ]);
  });
  const api: Entry = ['restApiId', 'aws_api_gateway_rest_api.this.id'];
  return printableLines([resource('stage', name, [api], exportedMembers(stage)), ...settings].join('\n'));
};
