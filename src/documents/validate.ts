/** Finds all problems of a document, with their places. */
import { type Problem, StageError } from '../stage/problem.js';
import type { TextPlace } from '../text/locate.js';
import { readDesired } from './desired.js';
import type { DesiredOptions } from './tree.js';

/** A problem with its place; line 1 if it is about the whole text. */
export type Finding = Problem & TextPlace;

/** The names of the stages, if a document has several and none was named. */
const stagesIn = ({ problems: [problem] }: StageError, { name }: DesiredOptions): readonly string[] =>
  problem !== undefined && name === undefined && 'names' in problem ? (problem.names as readonly string[]) : [];

/** Validates a whole or partial stage file, or each stage of a template. */
export const validateDocument = async (text: string, options: DesiredOptions): Promise<readonly Finding[]> => {
  try {
    await readDesired(text, { ...options, checksValues: true });
    return [];
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    const names = stagesIn(error, options);
    const own = error.problems.map((problem) => ({ line: 1, column: 1, ...problem }));
    const inStage = (name: string) => validateDocument(text, { ...options, name });
    const findings = names.length < 2 ? own : (await Promise.all(names.map(inStage))).flat();
    return findings.sort((one, other) => one.line - other.line);
  }
};
