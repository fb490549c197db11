/** The text of a template, with its values as they are written and its short intrinsics in their long form. */
import type { CollectionTag, ScalarTag } from 'yaml';
import { StageError } from '../stage/problem.js';
import { faultAt } from './locate.js';
import { input } from './tree.js';

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

/** Every plain value is a text, and null is null: what a property is to hold decides what the text means. */
export const parseTemplate = async (text: string, label: string): Promise<unknown> => {
  const yaml = await import('yaml');
  const lineCounter = new yaml.LineCounter();
  const customTags = ['null' as const, ...functions.flatMap((name) => tagsOf(yaml, name))];
  const options = {
    schema: 'failsafe',
    customTags,
    merge: true,
    stringKeys: true,
    prettyErrors: false,
    lineCounter,
  } as const;
  try {
    const document = yaml.parseDocument(text, options);
    // Another warning is about looks, such as a bracket that CloudFormation does not mind.
    const strange = document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED');
    const [problem] = [...document.errors, ...strange];
    if (problem === undefined) return document.toJS();
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw faultAt(label, { line, column: col }, problem.message);
  } catch (error) {
    // Aliases of aliases, a merge of what is not a map, levels without end.
    throw error instanceof StageError ? error : input('broken-document', `${label}: ${(error as Error).message}`);
  }
};
