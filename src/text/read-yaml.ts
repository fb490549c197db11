/** Parses YAML and locates errors. Loads the `yaml` package. */
import { type Document, LineCounter, type ParseOptions, parseDocument, type SchemaOptions } from 'yaml';
import type { TextPlace } from './locate.js';

/** The position and message of a YAML error. */
interface YamlFault extends TextPlace {
  readonly message: string;
}

const tooDeep = 'it is nested too deeply';

const whereTags = 'Only a template (a file with Resources) may have tags, and only those of CloudFormation';

/** An error at an offset of the text, caught in this file. */
export class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** Messages that replace the package's own. */
const messages: { readonly [code: string]: string } = {
  MULTIPLE_DOCS: 'expected one YAML document, got several',
  NON_STRING_KEY: 'a key has to be text',
  RESOURCE_EXHAUSTION: tooDeep,
};

/** The result of `read` for a YAML text, or the text's first error. Keys are text, and `<<` merges. */
export const readYaml = <Value>(
  text: string,
  options: ParseOptions & SchemaOptions,
  read: (document: Document.Parsed) => Value,
): Value | YamlFault => {
  const lineCounter = new LineCounter();
  const fault = (offset: number, message: string): YamlFault => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  try {
    const usual = { merge: true, stringKeys: true, resolveKnownTags: false, prettyErrors: false, lineCounter };
    const document = parseDocument(text, { ...usual, ...options });
    // Other warnings are only about formatting.
    const [tag] = document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED');
    const error = document.errors[0] ?? (tag && { ...tag, message: `${tag.message}. ${whereTags}` });
    return error ? fault(error.pos[0], messages[error.code] ?? error.message) : read(document);
  } catch (error) {
    // Nested aliases, a merge of something that is not a map, endless nesting.
    if (error instanceof Unreadable) return fault(error.offset, error.message);
    return fault(0, error instanceof RangeError ? tooDeep : (error as Error).message);
  }
};
