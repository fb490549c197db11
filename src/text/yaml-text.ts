/** Values as YAML text that readers of YAML 1.1 and of 1.2 read alike. Loads the `yaml` package. */
import { Document, type Scalar, visit } from 'yaml';
import { printable, printableLines } from './printable.js';

interface YamlStyle {
  /** How many spaces a level is indented by. */
  readonly indent?: number;
  /** How a string is written that needs quotes. */
  readonly quotes?: Scalar.Type | undefined;
  readonly isInline?: boolean;
}

/** What the package leaves without quotes though some readers take it for something else, and what could act on a terminal. */
const isAwkward = (text: unknown): boolean =>
  typeof text === 'string' && (/^(?:=$|---|\.\.\.)/.test(text) || printable(text) !== text);

/** A value, in which nodes of the package may stand, as lines, or in braces and brackets in one line. */
export const writeYaml = (value: unknown, { indent = 2, quotes, isInline = false }: YamlStyle = {}): string => {
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
    singleQuote: quotes === 'QUOTE_SINGLE',
    collectionStyle: isInline ? 'flow' : 'any',
    flowCollectionPadding: false,
  });
  // In double quotes, what is escaped means the same.
  return printableLines(text);
};
