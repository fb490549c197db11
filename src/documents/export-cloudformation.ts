import { isObject, type JsonObject, type Stage } from '../stage/stage.js';
import { exportedMembers, exportedMethods, wordsOf } from './exported.js';
import { cloudFormationName, isNamedByUsers } from './member-names.js';
import { input } from './tree.js';

const spelled = (members: readonly (readonly [member: string, value: unknown])[]): JsonObject =>
  Object.fromEntries(members.map(([member, value]) => [cloudFormationName(member), propertyOf(member, value)]));

const propertyOf = (member: string, value: unknown): unknown => {
  if (!isObject(value)) return value;
  if (member === 'tags') return Object.entries(value).map(([Key, Value]) => ({ Key, Value }));
  if (!isNamedByUsers(member)) return spelled(Object.entries(value));
  if (Object.keys(value).join() !== 'Ref') return value;
  throw input(
    'not-expressible',
    'CloudFormation takes a map whose only key is Ref for a reference: rename the variable.',
  );
};

/** A resource path in CloudFormation's form: encoded after the first slash. */
const encoded = (path: string): string =>
  path === '/' || path === '/*' ? path : `/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const methodSettings = (stage: Stage): readonly JsonObject[] =>
  exportedMethods(stage).map(({ resourcePath, httpMethod, settings }) => ({
    ResourcePath: encoded(resourcePath),
    HttpMethod: httpMethod,
    ...spelled(Object.entries(settings)),
  }));

const logicalId = (name: string): string =>
  [...wordsOf(name), 'Stage'].map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join('');

const resourceOf = (stage: Stage): JsonObject => {
  const methods = methodSettings(stage);
  return {
    Type: 'AWS::ApiGateway::Stage',
    Properties: {
      RestApiId: { Ref: 'RestApi' },
      ...spelled(exportedMembers(stage)),
      ...(methods.length > 0 && { MethodSettings: methods }),
    },
  };
};

/** A template that contains only the stage. */
export const cloudFormationLines = async (stage: Stage): Promise<string> => {
  const { writeYaml } = await import('../text/yaml-text.js');
  return writeYaml({ Resources: { [logicalId(stage.stageName ?? '')]: resourceOf(stage) } });
};
