/** The subset of JSON Schema that docs/*.schema.json uses. Unknown keywords are errors, so that none goes unchecked. */
import { isDeepStrictEqual } from 'node:util';

type Schema = { readonly [keyword: string]: unknown };

const isObject = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

const isOfType = (value: unknown, type: unknown): boolean =>
  type === 'integer' ? Number.isInteger(value) : typeOf(value) === type;

type Check = (given: never, value: unknown, schema: Schema, root: Schema) => boolean;

const length = (value: unknown): number => (typeof value === 'string' ? value.length : Number.NaN);

/** By keyword: whether a value satisfies it. Values of types that a keyword does not apply to satisfy it. */
const checks: Readonly<Record<string, Check>> = {
  type: (type: string | readonly string[], value) => [type].flat().some((each) => isOfType(value, each)),
  const: (only: unknown, value) => isDeepStrictEqual(only, value),
  enum: (values: readonly unknown[], value) => values.some((each) => isDeepStrictEqual(each, value)),
  pattern: (pattern: string, value) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  minLength: (least: number, value) => !(length(value) < least),
  maxLength: (most: number, value) => !(length(value) > most),
  minimum: (least: number, value) => typeof value !== 'number' || value >= least,
  maximum: (most: number, value) => typeof value !== 'number' || value <= most,
  not: (schema: Schema, value, _, root) => !fits(value, schema, root),
  oneOf: (schemas: readonly Schema[], value, _, root) =>
    schemas.filter((schema) => fits(value, schema, root)).length === 1,
  items: (schema: Schema, value, _, root) => !Array.isArray(value) || value.every((item) => fits(item, schema, root)),
  required: (names: readonly string[], value) => !isObject(value) || names.every((name) => Object.hasOwn(value, name)),
  properties: (schemas: { readonly [name: string]: Schema }, value, _, root) =>
    !isObject(value) ||
    Object.entries(schemas).every(([name, schema]) => !Object.hasOwn(value, name) || fits(value[name], schema, root)),
  propertyNames: (schema: Schema, value, _, root) =>
    !isObject(value) || Object.keys(value).every((name) => fits(name, schema, root)),
  additionalProperties: (schema: Schema | false, value, { properties = {} }, root) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([name, member]) => Object.hasOwn(properties as object, name) || (schema !== false && fits(member, schema, root)),
    ),
  $ref: (ref: string, value, _, root) => {
    const schema = ref
      .split('/')
      .slice(1)
      .reduce<unknown>((held, key) => (isObject(held) ? held[key] : undefined), root);
    if (!isObject(schema)) throw new Error(`${ref} leads nowhere`);
    return fits(value, schema, root);
  },
};

const annotations = ['$schema', '$defs', 'title', 'description'];

const wrongKeyword = (value: unknown, schema: Schema, root: Schema): string | undefined =>
  Object.entries(schema).find(([keyword, given]) => {
    if (annotations.includes(keyword)) return false;
    const check = checks[keyword];
    if (check === undefined) throw new Error(`${keyword} is a keyword that the test does not know`);
    return !check(given as never, value, schema, root);
  })?.[0];

/** Whether a value matches a schema. References are resolved from `root`. */
export const fits = (value: unknown, schema: Schema, root = schema): boolean =>
  wrongKeyword(value, schema, root) === undefined;
