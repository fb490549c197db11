import type { Problem } from '../stage/problem.js';
import { clipped } from '../text/printable.js';
import { parseTime } from '../text/time.js';

/** The options by their names, without dashes. */
export interface PlanOptions {
  text(name: string): string | undefined;
  /** Of an option that can be repeated. */
  texts(name: string): readonly string[];
  isOn(name: string): boolean;
}

/** Collects what is wrong with the options that are read. */
export const readerOf = ({ text }: PlanOptions) => {
  const problems: Problem[] = [];
  const say = (message: string): void => {
    problems.push({ code: 'usage', message });
  };
  const sayExpected = (name: string, what: string, got: string): void =>
    say(`--${name}: expected ${what}; got ${clipped(got)}.`);
  /** Milliseconds. What is wrong is told once, and `otherwise` stands in. */
  const timeOf = (name: string, given: string | undefined, otherwise: number): number => {
    const time = given === undefined ? otherwise : parseTime(given);
    if (typeof time === 'number') return time;
    say(`--${name}: ${clipped(time)}.`);
    return otherwise;
  };
  return {
    ...{ problems, say, sayExpected, timeOf },
    time: (name: string, otherwise: number) => timeOf(name, text(name), otherwise),
    count: (name: string, least: number, otherwise: number): number => {
      const given = text(name) ?? String(otherwise);
      const isCount = /^\d{1,6}$/.test(given) && Number(given) >= least;
      if (!isCount) sayExpected(name, `a whole number from ${least} to 999999`, given);
      return isCount ? Number(given) : otherwise;
    },
    choice: <T extends string>(name: string, choices: readonly [T, ...T[]]): T => {
      const given = text(name) ?? choices[0];
      const chosen = choices.find((choice) => choice === given);
      if (chosen === undefined) sayExpected(name, choices.join(', '), given);
      return chosen ?? choices[0];
    },
  };
};

export type PlanReader = ReturnType<typeof readerOf>;
