import { isObject, type JsonObject, type Stage } from '../stage/stage.js';
import { printableLines } from '../text/printable.js';
import { exportedMembers, exportedMethods, wordsOf } from './exported.js';
import { cloudFormationName, isNamedByUsers } from './spelling.js';
import { input } from './tree.js';

const spelled = (members: object): JsonObject =>
  Object.fromEntries(Object.entries(members).map(([member, value]) => [cloudFormationName(member), value]));

const propertyOf = (member: string, value: unknown): unknown => {
  if (member === 'variables' && Object.keys(value as object).join() === 'Ref')
    throw input(
      'not-expressible',
      'CloudFormation takes a map whose only key is Ref for a reference: rename the variable.',
    );
  if (member === 'tags') return Object.entries(value as object).map(([Key, Value]) => ({ Key, Value }));
  return isObject(value) && !isNamedByUsers(member) ? spelled(value) : value;
};

/** A resource path as CloudFormation wants it: encoded after its first slash. */
const encoded = (path: string): string =>
  path === '/' || path === '/*' ? path : `/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const methodSettings = (stage: Stage): readonly JsonObject[] =>
  exportedMethods(stage).map(({ resourcePath, httpMethod, settings }) => ({
    ResourcePath: encoded(resourcePath),
    HttpMethod: httpMethod,
    ...spelled(settings),
  }));

const logicalId = (name: string): string =>
  [...wordsOf(name), 'Stage'].map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join('');

const resourceOf = (stage: Stage): JsonObject => {
  const methods = methodSettings(stage);
  const members = exportedMembers(stage).map(([member, value]) => [
    cloudFormationName(member),
    propertyOf(member, value),
  ]);
  return {
    Type: 'AWS::ApiGateway::Stage',
    Properties: {
      RestApiId: { Ref: 'RestApi' },
      ...Object.fromEntries(members),
      ...(methods.length > 0 && { MethodSettings: methods }),
    },
  };
};

/** What readers of YAML 1.1 take for something else, though `compat` is asked for, and what could act on a terminal. */
const isAwkward = (text: unknown): boolean =>
  typeof text === 'string' && (text === '=' || printableLines(text) !== text);

/** A template that holds nothing but the stage. */
export const cloudFormationLines = async (stage: Stage): Promise<string> => {
  const { Document, visit } = await import('yaml');
  const template = { Resources: { [logicalId(stage.stageName ?? '')]: resourceOf(stage) } };
  const document = new Document(template, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      if (isAwkward(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  // In double quotes, what is escaped means the same.
  return printableLines(document.toString({ lineWidth: 0 }));
};
