/** Writes values as YAML that YAML 1.1 and 1.2 readers read alike. Loads the `yaml` package. */
import { Document, visit } from 'yaml';
import { printable, printableLines } from './printable.js';

interface YamlStyle {
  /** Spaces per level. */
  readonly indent?: number;
  readonly isInline?: boolean;
}

/** Needs quotes that the package omits: some readers would misread it, or it could act on a terminal. */
const isAwkward = (text: unknown): boolean =>
  typeof text === 'string' && (/^(?:=$|---|\.\.\.)/.test(text) || printable(text) !== text);

/** Writes a value, which may contain `yaml` nodes, as lines, or on one line in braces and brackets. */
export const writeYaml = (value: unknown, { indent = 2, isInline = false }: YamlStyle = {}): string => {
  const document = new Document(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      if (isAwkward(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({
    indent,
    lineWidth: 0,
    blockQuote: false,
    doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
    collectionStyle: isInline ? 'flow' : 'any',
    flowCollectionPadding: false,
  });
  // In double quotes, the escapes have the same meaning.
  return printableLines(text);
};
