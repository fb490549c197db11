/** A rollout as a page of Markdown, for CI. */
import type { GateResult, RolloutState, Round } from '../canary/types.js';
import { printable } from '../text/printable.js';
import { markdownComment } from './markdown.js';

const fewestPoints = 3;

const roundRows = ({ step, percent, time, results }: Round): readonly (readonly string[])[] =>
  results.map(({ gate, verdict, value = '', production = '', message }) => [
    ...[String(step + 1), `${percent}%`, new Date(time).toISOString().slice(0, 19).replace('T', ' '), gate, verdict],
    ...[String(value), String(production), message],
  ]);

const header = ['step', 'percent', 'time, UTC', 'gate', 'answer', 'canary', 'production', 'message'];

const list = (values: readonly (number | undefined)[]): string => `[${values.map((value) => value ?? 0).join(', ')}]`;

const chart = (gate: string, points: readonly GateResult[]): string => {
  const hasProduction = points.every(({ production }) => production !== undefined);
  return [
    '```mermaid',
    'xychart-beta',
    `    title "${printable(gate).replaceAll('"', "'")}: canary${hasProduction ? ' and production' : ''}"`,
    `    x-axis ${list(points.map((_, index) => index + 1))}`,
    `    line ${list(points.map(({ value }) => value))}`,
    ...(hasProduction ? [`    line ${list(points.map(({ production }) => production))}`] : []),
    '```',
  ].join('\n');
};

const charts = ({ rounds }: RolloutState): readonly string[] => {
  const results = rounds.flatMap((round) => round.results);
  return [...new Set(results.map(({ gate }) => gate))].flatMap((gate) => {
    const points = results.filter((result) => result.gate === gate && result.value !== undefined);
    return points.length < fewestPoints ? [] : [chart(gate, points)];
  });
};

const stepRows = ({ plan, step, phase }: RolloutState): readonly (readonly string[])[] =>
  plan.steps.map(({ percent }, index) => {
    const isHere = index === step && phase !== 'promoted';
    return [String(index + 1), `${percent}%`, isHere ? phase : index <= step ? 'done' : 'not begun'];
  });

/** The steps, the measurements, and a chart of each gate that has at least three of them. */
export const rolloutSummary = (state: RolloutState): string => {
  const { target, deploymentId = 'none yet', productionId, phase, reason, rounds } = state;
  const served = phase === 'promoted' ? deploymentId : productionId;
  const deployments = `Deployment of the canary: ${deploymentId}. Production serves ${served}.`;
  const page = markdownComment(
    `Rollout of ${target}: ${phase}`,
    [
      [['step', 'canary', 'state'], ...stepRows(state)],
      [header, ...rounds.flatMap(roundRows)],
    ],
    [],
    [deployments, ...(reason === undefined ? [] : [reason])],
  );
  return [page, ...charts(state).map((each) => `${each}\n`)].join('\n');
};
