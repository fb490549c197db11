/** Laws for every edit of a stage in YAML, in any style. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { Document, isMap, isScalar, LineCounter, type Pair, parse, parseDocument, visit } from 'yaml';
import { diffStages } from '../../src/stage/diff.js';
import { applyPatch } from '../../src/stage/patch.js';
import { isObject, type Stage } from '../../src/stage/stage.js';
import { editDocument, readDocument } from '../../src/targets/document.js';
import { anyStage } from '../stage/arbitraries.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const styles = fc.record({
  indent: fc.constantFrom(1, 2, 4),
  lineWidth: fc.constantFrom(0, 30),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'),
  defaultKeyType: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'),
  flowAt: fc.constantFrom(0, 1, 2, 3, 9),
  comments: fc.boolean(),
  start: fc.constantFrom('', '# a stage\n', '---\n', '%YAML 1.2\n---\n', '\uFEFF'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  isEnded: fc.boolean(),
});

type Styles = typeof styles extends fc.Arbitrary<infer T> ? T : never;

/** Writes a stage in a style: with braces from some level on, and with a comment above every member. */
const written = (stage: Stage, { flowAt, comments, start, lineEnd, isEnded, ...style }: Styles): string => {
  const document = new Document(stage, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  let count = 0;
  visit(document, {
    Map: (_, map, path) => {
      if (path.filter(isMap).length >= flowAt) map.flow = true;
    },
    Pair: (_, { key }) => {
      if (comments && isScalar(key)) key.commentBefore = ` comment ${++count}`;
    },
  });
  const text = document.toString({
    ...style,
    defaultStringType: style.defaultStringType as 'PLAIN',
    defaultKeyType: style.defaultKeyType as 'PLAIN',
  });
  return (start + (isEnded ? text : text.replace(/\n+$/, ''))).replaceAll('\n', lineEnd);
};

/** The paths of the members that differ. An object that gains its first member or loses its last counts as one. */
const changedPaths = (before: unknown, after: unknown, at: readonly string[] = []): readonly (readonly string[])[] => {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) return [at];
  if (Object.keys(before).length === 0 || Object.keys(after).length === 0) return [at];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    changedPaths(
      Object.hasOwn(before, key) ? before[key] : undefined,
      Object.hasOwn(after, key) ? after[key] : undefined,
      [...at, key],
    ),
  );
};

/** The line numbers of these members, or of the braces that contain them. */
const linesOf = (text: string, paths: readonly (readonly string[])[]): ReadonlySet<number> => {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter });
  const touched = paths.flatMap((path) => {
    let [from, to] = [0, 0];
    let node: unknown = contents;
    for (const [index, key] of path.entries()) {
      const pair = isMap(node)
        ? (node.items as Pair[]).find((item) => isScalar(item.key) && (item.key.source ?? item.key.value) === key)
        : undefined;
      const isFlow = isMap(node) && node.flow;
      const range = (item: unknown) => (item as { range?: readonly number[] } | null)?.range ?? [0, 0];
      if (isFlow) [from, to] = [range(node)[0] ?? 0, range(node)[1] ?? 0];
      else if (pair)
        [from, to] = [range(pair.key)[0] ?? 0, Math.max(range(pair.key)[1] ?? 0, (range(pair.value)[1] ?? 1) - 1)];
      if (isFlow) break;
      if (!pair) return [];
      if (index < path.length - 1) node = pair.value;
    }
    const [first, last] = [lineCounter.linePos(from).line, lineCounter.linePos(to).line];
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return new Set(touched);
};

const isComment = (line: string): boolean => /^\s*(?:#.*)?$/.test(line);

/** The other lines of a text, with comments separately. */
const restOf = (text: string, touched: ReadonlySet<number>) => {
  const rest = text.split(/\r?\n/).filter((_, index) => !touched.has(index + 1));
  return { lines: rest.filter((line) => !isComment(line)), comments: rest.filter((line) => line.includes('#')) };
};

const commentsIn = (text: string): readonly string[] => text.match(/# comment \d+/g) ?? [];

/** The comments above these members and within them. */
const commentsOf = (text: string, paths: readonly (readonly string[])[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const { contents } = parseDocument(text);
  const pairAt = (node: unknown, [key, ...rest]: readonly string[]): Pair | undefined => {
    const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.source === key) : undefined;
    return pair === undefined || rest.length === 0 ? pair : pairAt(pair.value, rest);
  };
  for (const pair of paths.flatMap((path) => pairAt(contents, path) ?? []))
    visit(new Document(pair), {
      Node: (_, node) => {
        for (const comment of commentsIn(`#${node.commentBefore ?? ''}`)) found.add(comment);
      },
    });
  return found;
};

const proveEdit = async (before: Stage, after: Stage, style: Styles): Promise<void> => {
  const text = written(before, style);
  // The package cannot read back every string that it writes.
  fc.pre(isDeepStrictEqual(parse(text.replace('\uFEFF', '')), before));
  const document = await readDocument(bytes(text), 'prod.yaml');
  expect(document.stage).toEqual(before);
  const edited = await editDocument(document, after);
  const json = await readDocument(bytes(JSON.stringify(before)), 'prod.json');
  expect((await readDocument(bytes(edited), 'prod.yaml')).stage).toEqual(JSON.parse(await editDocument(json, after)));
  const [was, is] = [document.stage, (await readDocument(bytes(edited), 'prod.yaml')).stage];
  const paths = changedPaths(was, is);
  const [left, right] = [restOf(text, linesOf(text, paths)), restOf(edited, linesOf(edited, paths))];
  expect(right.lines).toEqual(left.lines);
  expect(right.comments).toEqual(expect.arrayContaining(left.comments));
  const lost = commentsIn(text).filter((comment) => !commentsIn(edited).includes(comment));
  expect(lost.filter((comment) => !commentsOf(text, paths).has(comment))).toEqual([]);
  if (style.lineEnd === '\r\n') expect(edited.replaceAll('\r\n', '')).not.toContain('\n');
};

test('an edit by operations has the same result as in JSON, and changes only the lines that it touches', async () => {
  await fc.assert(
    fc.asyncProperty(anyStage, anyStage, styles, async (a, b, style) => {
      await proveEdit(a, applyPatch(a, diffStages(a, b).operations), style);
    }),
    { numRuns: 200 },
  );
});

test('so does an edit into any other stage', async () => {
  await fc.assert(fc.asyncProperty(anyStage, anyStage, styles, proveEdit), { numRuns: 200 });
});
