/** What an export says of a stage: what can be set, each method once. */
import { keyOf, readableKey } from '../stage/method.js';
import { everyMethod } from '../stage/properties.js';
import { type MethodSetting, type Stage, stageShape } from '../stage/stage.js';

/** A method with its settings. `*` and `/*` are all methods. */
interface ExportedMethod {
  readonly key: string;
  readonly httpMethod: string;
  readonly resourcePath: string;
  readonly settings: MethodSetting;
}

const methodOf = (key: string, settings: MethodSetting): ExportedMethod => {
  if (key === everyMethod) return { key, httpMethod: '*', resourcePath: '/*', settings };
  const [httpMethod = '', resourcePath = ''] = readableKey(key).split(/ (.*)/s);
  return { key: keyOf({ httpMethod, resourcePath }), httpMethod, resourcePath, settings };
};

/** The methods of a stage. Of two spellings of one method, the one that API Gateway heeds. */
export const exportedMethods = ({ methodSettings = {} }: Stage): readonly ExportedMethod[] => {
  const methods = new Map<string, ExportedMethod>();
  for (const [key, settings] of Object.entries(methodSettings)) {
    const method = methodOf(key, settings);
    if (key === method.key || !methods.has(method.key)) methods.set(method.key, method);
  }
  return [...methods.values()];
};

const left = ['methodSettings', 'cacheClusterStatus', 'webAclArn', 'createdDate', 'lastUpdatedDate'];

/** The members of a stage that a template has too, without its methods. */
export const exportedMembers = (stage: Stage): readonly (readonly [member: string, value: unknown])[] =>
  Object.entries(stage).filter(
    ([member, value]) => Object.hasOwn(stageShape, member) && !left.includes(member) && value !== undefined,
  );

/** A name for a resource, out of the letters and digits of a text. */
export const wordsOf = (text: string): readonly string[] => text.match(/[A-Za-z0-9]+/g) ?? [];
