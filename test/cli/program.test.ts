import { parseCommandLine } from '../../src/cli/program';
import { testWorld } from '../world';

const parsed = async (line: string | readonly string[]) => {
  const result = await parseCommandLine(testWorld(line));
  if ('shown' in result) return 'shown';
  const options = Object.fromEntries(result.options);
  if ('problems' in result) return { options, problems: result.problems.map(({ message }) => message) };
  return { command: result.command.name, options, words: result.words };
};

const items = ['op=remove,path=/a', '[]'];

test.each<readonly [string, object, readonly string[]]>([
  ['set s.json --description x', { description: 'x' }, ['s.json']],
  ['set --description=x s.json', { description: 'x' }, ['s.json']],
  ['-n set s.json', { 'dry-run': true }, ['s.json']],
  ['set s.json -nq', { 'dry-run': true, quiet: true }, ['s.json']],
  ['set s.json -nojson', { 'dry-run': true, output: 'json' }, ['s.json']],
  ['set -o json s.json', { output: 'json' }, ['s.json']],
  ['set -o=json s.json', { output: 'json' }, ['s.json']],
  ['set -o json -o yaml s.json', { output: 'yaml' }, ['s.json']],
  ['set s.json --tracing-enabled', { 'tracing-enabled': true }, ['s.json']],
  ['set s.json --no-tracing-enabled', { 'tracing-enabled': false }, ['s.json']],
  ['set s.json --tracing-enabled=false', { 'tracing-enabled': false }, ['s.json']],
  ['set s.json --tracing-enabled=true --tracing-enabled', { 'tracing-enabled': true }, ['s.json']],
  ['set s.json --variable a=1 --var b=2 --variable=c=', { variable: ['a=1', 'b=2', 'c='] }, ['s.json']],
  ['set s.json --region a --no-config --no-color', { region: 'a', 'no-config': true, 'no-color': true }, ['s.json']],
  ['set s.json --canary-percent-traffic -1e2', { 'canary-percent-traffic': '-1e2' }, ['s.json']],
  ['set s.json --description=-x', { description: '-x' }, ['s.json']],
  ["set s.json --description ''", { description: '' }, ['s.json']],
  ['set - --description -', { description: '-' }, ['-']],
  ['set -- --description -n', {}, ['--description', '-n']],
  ['set s.json -- a=b', {}, ['s.json', 'a=b']],
  [`patch s.json --patch-operations ${items.join(' ')} -n`, { 'patch-operations': items, 'dry-run': true }, ['s.json']],
  ['patch --patch-operations=[] s.json', { 'patch-operations': ['[]'] }, ['s.json']],
  ['explain --logging-level rate', {}, ['--logging-level', 'rate']],
])('%s', async (line, options, words) => {
  expect(await parsed(line)).toMatchObject({ options, words });
});

test.each([
  '--help',
  '-h',
  'help',
  'help set',
  'help options',
  '--version',
  '-V',
  'set -h',
  'set --frob --help',
  'set -nh',
])('%s is shown', async (line) => {
  expect(await parsed(line)).toBe('shown');
});

test('all problems of a line are reported together, with the known options', async () => {
  const line = [
    'set',
    '',
    '--frob',
    '-o',
    'json',
    '--deployment-id',
    '--wait=1',
    '--tracing-enabled=2',
    '--expect',
    '',
  ];
  expect(await parsed(line)).toMatchObject({
    options: { output: 'json' },
    problems: [
      '--deployment-id: expected ID, got the option --wait=1. If --wait=1 is the value, write --deployment-id=--wait=1.',
      '--wait: expected no value, got 1.',
      '--tracing-enabled: expected true or false, got 2.',
      '--expect: expected PROPERTY=VALUE, got an empty value (unset shell variable?).',
      'empty argument (unset shell variable?)',
      expect.stringContaining('stage set has no option --frob.'),
    ],
  });
});

test('40,000 operations are parsed in linear time', async () => {
  const many = Array.from({ length: 40_000 }, (_, index) => `op=remove,path=/variables/a${index}`);
  expect(await parsed(['patch', 's.json', '--patch-operations', ...many])).toMatchObject({ words: ['s.json'] });
}, 10_000);
