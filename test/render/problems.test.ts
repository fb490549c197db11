import { noPaint } from '../../src/render/human.js';
import { maskProblem, problemLines } from '../../src/render/problems.js';
import { secretNames } from '../../src/render/redact.js';

const isSecret = secretNames([]);
const sent = [
  { op: 'replace', path: '/variables/dbPassword', value: 'hunter2!' },
  { op: 'replace', path: '/variables/color', value: 'blue' },
  { op: 'replace', path: '/variables/token', value: 'on' },
];

test('a secret that a message quotes is masked', () => {
  const problem = { code: 'refused', message: 'Invalid stage variable value hunter2!, blue is on.' };
  expect(maskProblem(problem, isSecret, sent).message).toBe('Invalid stage variable value ********, blue is on.');
});

test('the hint and other members of a problem are kept', () => {
  const problem = { code: 'refused', message: 'no', hint: 'Do that.', calls: ['made', 'not-made'] };
  expect(maskProblem(problem, isSecret, sent)).toEqual(problem);
});

test('remaining operations are exact, like those of -o patch', () => {
  const left = [{ op: 'replace', path: '/variables/dbPassword', value: 'hunter2!' }];
  const problem = {
    code: 'partly-applied',
    message: `to send the remaining operations: ${JSON.stringify(left)}`,
    left,
  };
  expect(maskProblem(problem, isSecret, sent)).toEqual(problem);
});

test('a long list from API Gateway is printed once, after all problems', () => {
  const list = `Must be one of: [${'/some/path, '.repeat(40)}/x]`;
  const problems = ['/a', '/b'].map((path, index) => ({
    code: 'unknown-path',
    message: `Invalid method setting path: ${path}. ${list}`,
    operation: { op: 'replace', path, value: '1' },
    index,
    hint: `Did you mean /variables${path}?`,
  }));
  expect(problemLines(problems, noPaint).split('\n')).toEqual([
    'stage: operation 1: Invalid method setting path: /a.',
    '  Did you mean /variables/a?',
    'stage: operation 2: Invalid method setting path: /b.',
    '  Did you mean /variables/b?',
    `  ${list}`,
    '',
  ]);
});
