/** Edits that would change more than they say, because an alias, a merge key or an anchor is in the way. */
import { type Alias, type LineCounter, type Node, type Pair, visit, type YAMLMap } from 'yaml';
import { failure, type StageError } from '../stage/problem.js';
import { clipped } from '../text/printable.js';
import { endOf, isMerge, rangeOf, startOf } from './yaml-nodes.js';
import type { YamlLayout } from './yaml-value.js';

/** A text that is edited, and how it is laid out. */
export interface YamlSource extends YamlLayout {
  readonly text: string;
  /** What messages call it. */
  readonly label: string;
  readonly aliases: readonly Alias[];
  readonly lines: LineCounter;
}

const refusal = ({ label, lines }: YamlSource, node: unknown, code: string, sentence: string): StageError => {
  const { line } = lines.linePos(rangeOf(node)[0]);
  return failure('input', code, `${clipped(label)}: line ${line}: ${sentence} Or edit the file by hand.`);
};

export const aliasRefusal = (source: YamlSource, alias: Alias): StageError => {
  const sentence = `the edit would change what the alias *${clipped(alias.source)} stands for. Write the value here instead of the alias.`;
  return refusal(source, alias, 'yaml-alias', sentence);
};

export const colonRefusal = (source: YamlSource, key: unknown): StageError =>
  refusal(source, key, 'yaml-no-colon', 'this key has no colon after it. Write one.');

export const mergeRefusal = (source: YamlSource, map: YAMLMap, key: string): StageError => {
  const sentence = `the edit would change ${clipped(key)} in a map with a merge key (<<). Write the merged members here instead of the merge key.`;
  return refusal(source, (map.items as Pair[]).find(isMerge)?.key, 'yaml-merge-key', sentence);
};

/** Refuses to change or remove a node whose anchor an alias names; aliases that go with it do not count. */
export const expectFree = (source: YamlSource, node: Node, [start, end]: readonly [number, number] = [0, 0]): void => {
  const { anchor } = node as { anchor?: string };
  const isOutside = (alias: Alias): boolean => rangeOf(alias)[0] < start || rangeOf(alias)[0] >= end;
  const alias = anchor && source.aliases.find((other) => other.source === anchor && isOutside(other));
  if (!alias) return;
  const { line } = source.lines.linePos(rangeOf(alias)[0]);
  const sentence = `the edit would change the anchor &${clipped(anchor)}, which line ${line} uses. Write the value there instead of the alias.`;
  throw refusal(source, node, 'yaml-anchor', sentence);
};

export const expectFreeWithin = (source: YamlSource, pair: Pair): void => {
  const range = [startOf(pair), endOf(pair)] as const;
  const check = (_: unknown, node: Node): void => expectFree(source, node, range);
  visit(pair as unknown as Node, { Scalar: check, Map: check, Seq: check });
};
