/** Where the nodes of a YAML text stand. Lines and members are cut out of it by that. */
import { type CST, isMap, isScalar, type Node, type Pair } from 'yaml';
import { scalarText } from '../text/stage-yaml.js';

export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** Where the line ends that a value ends in; the text ends with a line end. */
export const lineEndAfter = (text: string, end: number): number =>
  text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1;

export const rangeOf = (node: unknown): readonly [number, number] => {
  const [start, end] = (node as Node | null)?.range ?? [0, 0];
  return [start, end];
};

export const keyTextOf = ({ key }: Pair): string => (isScalar(key) ? scalarText(key) : '');

export const isMerge = (pair: Pair): boolean => keyTextOf(pair) === '<<' && !isScalar(pair.value);

const trivia: readonly string[] = ['space', 'newline', 'comment', 'comma'];

/** Where the tokens are that belong to a member, without the space and comments around them. */
const tokensOf = (tokens: readonly CST.SourceToken[] = []) => tokens.filter(({ type }) => !trivia.includes(type));

export const startOf = ({ key, srcToken }: Pair): number => tokensOf(srcToken?.start)[0]?.offset ?? rangeOf(key)[0];

/** Where the colon after a key ends, or the anchor or tag after that. */
export const colonEnd = ({ key, srcToken }: Pair): number => {
  const last = tokensOf(srcToken?.sep).at(-1);
  return last ? last.offset + last.source.length : rangeOf(key)[1];
};

export const endOf = (pair: Pair): number => {
  const { value } = pair;
  const last = isMap(value) && !value.flow ? value.items.at(-1) : undefined;
  if (last !== undefined) return endOf(last);
  return Math.max(colonEnd(pair), rangeOf(value)[1]);
};
