/** Parses a template: values stay as written, short intrinsics get their long form. Loads the `yaml` package. */
import { type CollectionTag, Pair, Scalar, type ScalarTag, YAMLMap } from 'yaml';
import { readYaml } from '../text/read-yaml.js';
import { faultAt } from './tree.js';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const functions: readonly string[] = (
  'Ref Condition And Base64 Cidr Contains EachMemberEquals EachMemberIn Equals FindInMap GetAtt GetAZs If ImportValue Join ' +
  'Length Not Or RefAll Select Split Sub ToJsonString Transform ValueOf ValueOfAll'
).split(' ');

const longName = (name: string): string => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

const tagsOf = (name: string): readonly (ScalarTag | CollectionTag)[] => {
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

/** Every plain value except null is parsed as text: the type of the property decides what the text means. */
export const parseTemplate = (text: string, label: string): unknown => {
  const customTags = ['null' as const, ...functions.flatMap(tagsOf)];
  const read = readYaml(text, { schema: 'failsafe', customTags }, (document) => ({
    value: document.toJS() as unknown,
  }));
  if ('message' in read) throw faultAt(label, read);
  return read.value;
};
