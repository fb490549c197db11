import type { GateResult, RolloutEvent, RolloutState, Round } from '../../src/canary/types.js';
import { noPaint } from '../../src/render/human.js';
import { eventLines, waitLine } from '../../src/render/rollout.js';
import { rolloutSummary } from '../../src/render/rollout-summary.js';
import { aPlan } from '../canary/simulate.js';

const time = Date.parse('2026-01-01T12:00:00Z');

const result = (members: Partial<GateResult> = {}): GateResult => ({
  ...{ gate: '--max 5xx=1%', verdict: 'pass', message: '0.2 of at most 1 percent', value: 0.2, production: 0.1 },
  ...members,
});

const round = (step: number, ...results: readonly GateResult[]): Round => ({
  ...{ step, percent: 5, time, verdict: 'pass', results },
});

const state = (members: Partial<RolloutState> = {}): RolloutState => ({
  ...{ version: 1, id: 'a', target: 'shop/prod', plan: aPlan(), productionId: 'dep1', deploymentId: 'dep2' },
  ...{ phase: 'bake', step: 1, since: time, wait: 0, rounds: [] },
  ...members,
});

const event = (members: Partial<RolloutEvent> = {}): RolloutEvent => ({
  ...{ time: '2026-01-01T12:00:00.000Z', event: 'waiting', target: 'shop/prod', step: 2, steps: 3, percent: 25 },
  ...members,
});

test('a wait shows a bar, the time left, and the last values of canary and production', () => {
  const line = waitLine(event(), state({ rounds: [round(0, result())] }), 3_661_000, 200);
  expect(line).toBe('step 2 of 3  [#####...............]   25%  1h1m1s left  --max 5xx=1%: 0.2, production 0.1');
  expect(waitLine(event(), state(), 1000, 30)).toHaveLength(29);
});

test('a wait is told in whole seconds, whatever the time that saving the state took', () => {
  const from = new Date(time + 1).toISOString();
  const waiting = event({ event: 'waiting', time: from, until: new Date(time + 600_000).toISOString() });
  expect(eventLines(waiting, state(), noPaint).join('')).toContain('waiting 10m');
});

test('control characters from a check or a stage are escaped', () => {
  const evil = '\u001b[2J\u0007\n# x';
  const results = [result({ gate: evil, message: evil })];
  const events: readonly RolloutEvent['event'][] = [
    'started',
    'resumed',
    'waiting',
    'measured',
    'promoted',
    'aborted',
    'held',
  ];
  for (const name of events) {
    const given = event({ event: name, target: evil, deploymentId: evil, message: evil, results });
    const text = eventLines(given, state({ productionId: evil }), noPaint).join('');
    expect(text).not.toMatch(/[\u0000-\u001f]/);
  }
  expect(rolloutSummary(state({ target: evil, reason: evil, rounds: [round(0, ...results)] }))).not.toMatch(
    /\u001b|^# x/m,
  );
});

test('a summary has the steps, the measurements, and a chart of three points or more', () => {
  const rounds = [round(0, result()), round(1, result({ value: 0.4 })), round(2, result({ value: 0.3 }))];
  const text = rolloutSummary(state({ phase: 'promoted', step: 2, rounds }));
  expect(text).toMatchInlineSnapshot(`
"### Rollout of shop/prod: promoted

| step | canary | state |
| --- | --- | --- |
| 1 | 5% | done |
| 2 | 25% | done |
| 3 | 50% | done |

| step | percent | time, UTC | gate | answer | canary | production | message |
| --- | --- | --- | --- | --- | --- | --- | --- |
| 1 | 5% | 2026-01-01 12:00:00 | --max 5xx=1% | pass | 0.2 | 0.1 | 0.2 of at most 1 percent |
| 2 | 5% | 2026-01-01 12:00:00 | --max 5xx=1% | pass | 0.4 | 0.1 | 0.2 of at most 1 percent |
| 3 | 5% | 2026-01-01 12:00:00 | --max 5xx=1% | pass | 0.3 | 0.1 | 0.2 of at most 1 percent |

Deployment of the canary: dep2. Production serves dep2.

\`\`\`mermaid
xychart-beta
    title "--max 5xx=1%: canary and production"
    x-axis [1, 2, 3]
    line [0.2, 0.4, 0.3]
    line [0.1, 0.1, 0.1]
\`\`\`
"
`);
  expect(rolloutSummary(state({ rounds: rounds.slice(1) }))).not.toContain('mermaid');
});
