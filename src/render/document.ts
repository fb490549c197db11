import type { Problem } from '../stage/problem.js';
import { changesOf, inverseOf, operationsOf, type StageResult, sentCalls } from '../stage/result.js';
import { printable, printableLines } from '../text/printable.js';
import { type IsSecret, maskSecrets } from './redact.js';

/** Raised when a member changes its meaning or goes, not for a new member. */
export const schemaVersion = 1;

/**
 * An edit as one document, for programs. Operations are exact; the secrets of the stages are masked. `after` is the stage as it is now,
 * with what others changed; `changed` and `inverse` are about this edit alone.
 */
export const resultDocument = (result: StageResult, isSecret: IsSecret): unknown => {
  const { operations: inverse, problems } = inverseOf(result);
  const lost = `This edit cannot be undone completely: ${problems.map(({ message }) => message).join(' ')}`;
  return {
    schemaVersion,
    target: result.label,
    changed: changesOf(result).length > 0,
    dryRun: result.isDryRun,
    before: maskSecrets(result.before, isSecret),
    operations: operationsOf(result),
    inverse,
    after: maskSecrets(result.after, isSecret),
    notices:
      problems.length === 0 ? result.notices : [...result.notices, { code: 'inverse-incomplete', message: lost }],
    calls: sentCalls(result),
  };
};

/** A failure as one document, for programs. */
export const errorDocument = (code: string, exitCode: number, problems: readonly Problem[]): unknown => ({
  schemaVersion,
  error: { code, message: problems[0]?.message ?? code, exitCode, problems },
});

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 4)}\n`;

/** What readers of YAML 1.1 misread or refuse, even with `compat`. */
const isAwkward = (text: unknown): boolean => typeof text === 'string' && (text === '=' || printable(text) !== text);

/** Readers of YAML 1.1 understand it too: `on`, `12:30` and dates are quoted. */
export const asYaml = async (value: unknown): Promise<string> => {
  const { Document, visit } = await import('yaml');
  const document = new Document(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      if (isAwkward(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  // In double quotes, what is escaped means the same.
  return printableLines(document.toString({ lineWidth: 0 }));
};
