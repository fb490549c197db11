import type { Notice } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import { changesOf, inverseOf, operationsOf, type StageResult, statesOf } from '../stage/result.js';
import { printable, printableLines } from '../text/printable.js';
import { type IsSecret, maskStage } from './redact.js';

/** Raised when a member changes its meaning or goes, not for a new member. */
const schemaVersion = 1;

/** What the inverse of an edit does not undo. */
const lossNotices = (problems: readonly Problem[]): readonly Notice[] => {
  const sentences = problems.map(({ message }) => message).join(' ');
  const message = `This edit cannot be undone completely: ${sentences}`;
  return problems.length === 0 ? [] : [{ code: 'inverse-incomplete', message }];
};

/**
 * An edit as one document, for programs. Operations are exact; the secrets of the stages are masked. `after` is the stage as it is now,
 * with what others changed; `changed` and `inverse` are about this edit alone.
 */
export const resultDocument = (result: StageResult, isSecret: IsSecret): unknown => {
  const inverse = inverseOf(result);
  return {
    schemaVersion,
    target: result.label,
    changed: changesOf(result).length > 0,
    dryRun: result.isDryRun,
    before: maskStage(result.before, isSecret),
    operations: operationsOf(result),
    inverse: inverse.operations,
    after: maskStage(result.after, isSecret),
    notices: [...result.notices, ...lossNotices(inverse.problems)],
    calls: statesOf(result),
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
