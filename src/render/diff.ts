/** Renders a comparison in each format. */

import { type Comparison, isEditable } from '../stage/comparison.js';
import type { Change } from '../stage/diff.js';
import type { Notice } from '../stage/plan.js';
import { type Whereabouts, withState } from '../stage/result.js';
import { cutMiddle } from '../text/cut-middle.js';
import { printable } from '../text/printable.js';
import { awsCli } from './aws-cli.js';
import { asJson, asYaml, schemaVersion } from './document.js';
import { changeLine, type Look, namesIn } from './human.js';
import { changesTable, markdownComment } from './markdown.js';
import { maskLeaf } from './redact.js';

/** Options for showing a comparison. */
interface DiffOptions extends Look {
  /** The names of the two sides. */
  readonly labels: readonly [before: string, after: string];
  /** Of the first stage, if it is live. */
  readonly whereabouts?: Whereabouts;
}

type Render = (comparison: Comparison, options: DiffOptions) => string | Promise<string>;

const lineOf = (change: Change, name: string, { isSecret, paint, width }: DiffOptions): string => {
  const values = change.before === undefined || change.after === undefined ? 1 : 2;
  const room = Math.max(12, Math.floor((width - printable(name).length - 24) / values));
  const line = changeLine(change, name, isSecret, paint, (text) => cutMiddle(text, room));
  return `  ${line}${isEditable(change) ? '' : paint.quiet(' (not editable)')}`;
};

const countOf = ({ count }: Comparison): string =>
  count === 0 ? 'no differences' : count === 1 ? '1 difference' : `${count} differences`;

const asText: Render = (comparison, options) => {
  const nameIn = namesIn(comparison);
  const [before, after] = options.labels.map(printable);
  const lines = comparison.changes.map((change) => lineOf(change, nameIn(change.place), options));
  const conclusion = `${before} → ${after}: ${countOf(comparison)}`;
  return [...lines, options.paint.quiet(conclusion)].map((line) => `${line}\n`).join('');
};

/** For programs: full values, `null` if absent, and secrets masked. */
const documentOf = (comparison: Comparison, { labels, isSecret }: DiffOptions): unknown => {
  const nameIn = namesIn(comparison);
  return {
    schemaVersion,
    target: labels[0],
    other: labels[1],
    differs: comparison.count > 0,
    differences: comparison.changes.map((change) => ({
      property: nameIn(change.place),
      before: maskLeaf(change.place, change.before, isSecret),
      after: maskLeaf(change.place, change.after, isSecret),
      editable: isEditable(change),
    })),
    notices: comparison.notices,
  };
};

const asMarkdown: Render = (comparison, { labels, isSecret }) => {
  const title = `${labels.join(' → ')}: ${countOf(comparison)}`;
  return markdownComment(title, [changesTable(comparison, labels, isSecret)], comparison.notices);
};

/** The renderers of a comparison, by value of `--output`. */
export const diffForms = {
  text: asText,
  json: (comparison, options) => asJson(documentOf(comparison, options)),
  yaml: (comparison, options) => asYaml(documentOf(comparison, options)),
  patch: ({ patch }) => asJson(patch().operations),
  'aws-cli': ({ before, patch }, { whereabouts }) =>
    awsCli({ before, calls: withState([patch().operations], 'not-made'), whereabouts }),
  markdown: asMarkdown,
} satisfies Readonly<Record<string, Render>>;

/** Notices to print separately; JSON, YAML and Markdown include them. */
export const noticesBeside = (form: keyof typeof diffForms, { notices, patch }: Comparison): readonly Notice[] => {
  if (form === 'text') return notices;
  return form === 'patch' || form === 'aws-cli' ? [...notices, ...patch().notices] : [];
};
