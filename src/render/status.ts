/** Renders the status of one stage, or of several side by side, in each format. */
import type { Place } from '../stage/place.js';
import { sideBySide } from '../stage/side-by-side.js';
import { printable } from '../text/printable.js';
import { asJson, asYaml, schemaVersion } from './document.js';
import { type Look, shown } from './human.js';
import { markdownComment, markdownTable } from './markdown.js';
import { maskLeaf, maskSecrets } from './redact.js';
import { dateText, groupTable, methodTable, type StageReport } from './status-rows.js';
import { type Table, tableText } from './table.js';

interface StatusOptions extends Look {
  /** For several stages: show only properties that differ. */
  readonly onlyDifferences: boolean;
}

type Render = (reports: readonly StageReport[], options: StatusOptions) => string | Promise<string>;

const stagesOf = (reports: readonly StageReport[]) => reports.map(({ stage }) => stage);

const isDate = ({ property }: Place): boolean => property.name.endsWith('Date');

const sideTable = (reports: readonly StageReport[], { isSecret, onlyDifferences }: StatusOptions): Table => [
  ['PROPERTY', ...reports.map(({ label }) => label)],
  ...sideBySide(stagesOf(reports), onlyDifferences).map(({ name, place, leaves }) => [
    name,
    ...leaves.map((leaf) =>
      leaf !== undefined && isDate(place) ? dateText(leaf) : shown(maskLeaf(place, leaf, isSecret)),
    ),
  ]),
];

const sideText = (reports: readonly StageReport[], options: StatusOptions): string => {
  const table = sideTable(reports, options);
  return table.length === 1 ? 'no differences\n' : tableText(table, options);
};

const asText = (reports: readonly StageReport[], options: StatusOptions): string => {
  const [only, ...others] = reports;
  if (only === undefined || others.length > 0) return sideText(reports, options);
  const tables = [groupTable(only, options.isSecret), methodTable(only.stage)].filter(({ length }) => length > 0);
  return `${printable(only.label)}\n${tables.map((table) => tableText(table, options, '  ')).join('\n')}`;
};

const asMarkdown = (reports: readonly StageReport[], options: StatusOptions): string => {
  const [only, ...others] = reports;
  if (only === undefined || others.length > 0) return `${markdownTable(sideTable(reports, options))}\n`;
  const groups = [['', ''], ...groupTable(only, options.isSecret)];
  return markdownComment(only.label, [groups, methodTable(only.stage)], only.notices);
};

/** For programs: the stages with masked secrets, and for several stages also their differences. */
const documentOf = (reports: readonly StageReport[], { isSecret }: StatusOptions): unknown => ({
  schemaVersion,
  stages: reports.map(({ label, stage, deployments, owners, notices }) => ({
    target: label,
    stage: maskSecrets(stage, isSecret),
    deployments,
    owners,
    notices,
  })),
  differences: sideBySide(stagesOf(reports), true).map(({ name, place, leaves }) => ({
    property: name,
    values: leaves.map((leaf) => maskLeaf(place, leaf, isSecret)),
  })),
});

/** The renderers of the status, by value of `--output`. */
export const statusForms = {
  text: asText,
  json: (reports, options) => asJson(documentOf(reports, options)),
  yaml: (reports, options) => asYaml(documentOf(reports, options)),
  markdown: asMarkdown,
} satisfies Readonly<Record<string, Render>>;
