/** Resolves values of a CloudFormation template: parameters are inserted; other intrinsics are unknown. */
import { isObject, type JsonObject } from '../stage/stage.js';
import { Unknown } from './tree.js';

/** The value of a template parameter; unknown if it has none, undefined if it does not exist. */
export type ParameterValue = (parameter: string) => unknown;

const textOf = (value: unknown): string | undefined =>
  ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;

const valueOfRef = (name: unknown, parameter: ParameterValue): unknown => {
  if (name === 'AWS::NoValue') return undefined;
  return (typeof name === 'string' ? parameter(name) : undefined) ?? new Unknown(`Ref ${String(name)}`);
};

/** Replaces `${Name}` by parameters and by Sub's own variables; `${!Name}` is a literal `${Name}`. */
const substitute = (argument: unknown, parameter: ParameterValue): unknown => {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof template !== 'string') return new Unknown('Fn::Sub');
  const own = isObject(variables) ? variables : {};
  let unknown: Unknown | undefined;
  const text = template.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, inner: string) => {
    const name = inner.trim();
    if (literal !== '') return `\${${inner}}`;
    const value = Object.hasOwn(own, name) ? resolveValue(own[name], parameter) : parameter(name);
    const valueText = textOf(value);
    if (valueText === undefined) unknown ??= value instanceof Unknown ? value : new Unknown(`Fn::Sub \${${name}}`);
    return valueText ?? '';
  });
  return unknown ?? text;
};

const resolveObject = (value: JsonObject, parameter: ParameterValue): unknown => {
  const [name = '', ...others] = Object.keys(value);
  if (others.length === 0 && name === 'Ref') return valueOfRef(value[name], parameter);
  if (others.length === 0 && name === 'Fn::Sub') return substitute(value[name], parameter);
  // Fn::Transform and Fn::ForEach can stand beside other members and add any member.
  const computed = Object.keys(value).find((key) => key.startsWith('Fn::'));
  if (computed !== undefined) return new Unknown(computed);
  const members = Object.entries(value).map(([key, member]) => [key, resolveValue(member, parameter)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
};

/** A template value with its intrinsics resolved; undefined if absent. */
export const resolveValue = (value: unknown, parameter: ParameterValue): unknown => {
  if (value === null) return undefined;
  if (typeof value === 'string' && value.includes('{{resolve:')) return new Unknown('a dynamic reference');
  if (Array.isArray(value))
    return value.map((item) => resolveValue(item, parameter)).filter((item) => item !== undefined);
  return isObject(value) ? resolveObject(value, parameter) : value;
};
