/** The text of a template, with its values as they are written and its short intrinsics in their long form. */
import type { CollectionTag, ScalarTag } from 'yaml';
import { faultAt } from './locate.js';

type Yaml = typeof import('yaml');

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const functions: readonly string[] = (
  'Ref Condition And Base64 Cidr Contains EachMemberEquals EachMemberIn Equals FindInMap GetAtt GetAZs If ImportValue Join ' +
  'Length Not Or RefAll Select Split Sub ToJsonString Transform ValueOf ValueOfAll'
).split(' ');

const longName = (name: string): string => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

const tagsOf = ({ Pair, Scalar, YAMLMap }: Yaml, name: string): readonly (ScalarTag | CollectionTag)[] => {
  const wrap = (argument: unknown): unknown => {
    const map = new YAMLMap();
    map.items.push(new Pair(new Scalar(longName(name)), argument));
    return map;
  };
  const tag = `!${name}`;
  return [
    { tag, resolve: (text: string) => ({ [longName(name)]: text }) },
    { tag, collection: 'seq', resolve: wrap },
    { tag, collection: 'map', resolve: wrap },
  ];
};

const linesAndColumns = (text: string, offset: number) => {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
};

/** Every plain value is a text, and null is null: what a property is to hold decides what the text means. */
export const parseTemplate = async (text: string, label: string): Promise<unknown> => {
  const yaml = await import('yaml');
  const customTags = ['null' as const, ...functions.flatMap((name) => tagsOf(yaml, name))];
  const options = { schema: 'failsafe', customTags, merge: true, prettyErrors: false } as const;
  try {
    const document = yaml.parseDocument(text, options);
    // Another warning is about looks, such as a bracket that CloudFormation does not mind.
    const strange = document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED');
    const [problem] = [...document.errors, ...strange];
    if (problem === undefined) return document.toJS();
    throw faultAt(label, linesAndColumns(text, problem.pos[0]), problem.message);
  } catch (error) {
    // Aliases of aliases, or levels without end.
    if (error instanceof RangeError || error instanceof ReferenceError)
      throw faultAt(label, { line: 1, column: 1 }, error.message);
    throw error;
  }
};
