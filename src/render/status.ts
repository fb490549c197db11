/** The status of a stage, or of several side by side, in each form. */
import type { Leaf } from '../stage/codec.js';
import type { Place } from '../stage/place.js';
import { sideBySide } from '../stage/side-by-side.js';
import { cutMiddle } from '../text/cut-middle.js';
import { printable } from '../text/printable.js';
import { type ColumnOptions, columnLines } from './columns.js';
import { asJson, asYaml } from './document.js';
import { shown } from './human.js';
import { markdownNotices, markdownTable, markdownText } from './markdown.js';
import { type IsSecret, isSecretPlace, mask, maskSecrets } from './redact.js';
import { methodCells, type Row, rowsOf, type StageReport } from './status-rows.js';

const titleWidth = 15;

const groupLines = ([title, lines]: Row, { paint, width }: ColumnOptions): readonly string[] => {
  const room = Math.max(20, (width ?? Number.POSITIVE_INFINITY) - titleWidth - 2);
  return lines.map((line, index) => {
    const head = index === 0 ? paint.quiet(title.padEnd(titleWidth)) : ' '.repeat(titleWidth);
    return `  ${head}${cutMiddle(printable(line), room)}`;
  });
};

interface StatusOptions extends ColumnOptions {
  readonly isSecret: IsSecret;
  /** Of several stages, only the properties that differ. */
  readonly onlyDifferences: boolean;
}

/** For lines that are indented. */
const narrowed = (options: StatusOptions): StatusOptions =>
  options.width === undefined ? options : { ...options, width: options.width - 2 };

const oneText = (report: StageReport, options: StatusOptions): string => {
  const methods = columnLines(methodCells(report.stage), narrowed(options));
  return [
    printable(report.label),
    ...rowsOf(report, options.isSecret).flatMap((each) => groupLines(each, options)),
    ...(methods.length > 0 ? ['', ...methods.map((line) => `  ${line}`)] : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
};

const leafText = (place: Place, leaf: Leaf | undefined, isSecret: IsSecret): string => {
  if (leaf === undefined) return '–';
  return isSecretPlace(place, isSecret) ? mask : shown(leaf);
};

const sideRows = (reports: readonly StageReport[], { isSecret, onlyDifferences }: StatusOptions) => {
  const rows = sideBySide(
    reports.map(({ stage }) => stage),
    onlyDifferences,
  );
  return [
    ['PROPERTY', ...reports.map(({ label }) => label)],
    ...rows.map(({ name, place, leaves }) => [name, ...leaves.map((leaf) => leafText(place, leaf, isSecret))]),
  ];
};

const asText = (reports: readonly StageReport[], options: StatusOptions): string => {
  const [only, ...others] = reports;
  if (only !== undefined && others.length === 0) return oneText(only, options);
  const cells = sideRows(reports, options).map((texts) => texts.map((text) => ({ text: printable(text) })));
  return columnLines(cells, options)
    .map((line) => `${line}\n`)
    .join('');
};

const asMarkdown = (reports: readonly StageReport[], options: StatusOptions): string => {
  const [only, ...others] = reports;
  const escaped = (rows: readonly (readonly string[])[]) => rows.map((cells) => cells.map(markdownText));
  if (only === undefined || others.length > 0) return `${markdownTable(escaped(sideRows(reports, options)))}\n`;
  const groups = rowsOf(only, options.isSecret).map(([title, lines]) => [title, lines.map(markdownText).join('<br>')]);
  const methods = methodCells(only.stage).map((cells) => cells.map(({ text }) => text));
  return [
    `### ${markdownText(only.label)}\n\n${markdownTable([['', ''], ...groups])}\n`,
    methods.length > 0 ? `\n${markdownTable(escaped(methods))}\n` : '',
    markdownNotices(only.notices),
  ].join('');
};

/** For programs: the stages as they are, secrets masked; of several stages, what differs. */
const documentOf = (reports: readonly StageReport[], { isSecret }: StatusOptions): unknown => {
  const rows =
    reports.length < 2
      ? []
      : sideBySide(
          reports.map(({ stage }) => stage),
          true,
        );
  const valueIn = (place: Place, leaf: Leaf | undefined) =>
    leaf === undefined ? null : isSecretPlace(place, isSecret) ? mask : leaf;
  return {
    schemaVersion: 1,
    stages: reports.map(({ label, stage, deployments, owners, notices }) => ({
      target: label,
      stage: maskSecrets(stage, isSecret),
      deployments,
      owners,
      notices,
    })),
    differences: rows.map(({ name, place, leaves }) => ({
      property: name,
      values: leaves.map((leaf) => valueIn(place, leaf)),
    })),
  };
};

/** The forms of the status of stages, by the name that `--output` takes. */
export const statusForms = {
  text: asText,
  json: (reports, options) => asJson(documentOf(reports, options)),
  yaml: (reports, options) => asYaml(documentOf(reports, options)),
  markdown: asMarkdown,
} satisfies Readonly<
  Record<string, (reports: readonly StageReport[], options: StatusOptions) => string | Promise<string>>
>;
