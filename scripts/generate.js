// Generates files from the property table and from the program itself: the reference, the help, the JSON Schemas, the
// examples, and the output in the README. With --check, writes nothing and reports stale files.

const { execFileSync, spawnSync } = require('node:child_process');
const { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { examples } = require('./examples.js');
const { schemas } = require('./schemas.js');
const { groups, properties, unsetBy } = require('../dist/index.js');

const root = join(__dirname, '..');
const program = join(root, 'bin/stage.js');

const environment = { PATH: process.env.PATH, HOME: '/nowhere', NO_COLOR: '1', STAGE_JS: program };

/** Runs `work` in a folder with fresh examples. */
const inExamples = (work) => {
  const folder = mkdtempSync(join(tmpdir(), 'stage-generate-'));
  try {
    mkdirSync(join(folder, 'examples'));
    cpSync(join(root, 'examples/canary'), join(folder, 'examples/canary'), { recursive: true });
    for (const [name, text] of Object.entries(examples)) writeFileSync(join(folder, 'examples', name), text);
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const code = (text) => `\`${text}\``;

const cell = (text) => text.replaceAll('|', '\\|');

const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;

const table = (header, rows) => [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n');

const optionOf = ({ flag }) => (flag ? code(`--${flag}`) : '');

const referenceRow = (property) => [
  code(property.name),
  optionOf(property),
  code(property.path),
  property.ops.join(', ') || 'none',
  property.codec?.hint ?? '',
  unsetBy(property) ?? '',
];

const referenceGroup = ([name, { title, page }]) => {
  const rows = properties.filter(({ group }) => group === name);
  const notes = rows
    .filter(({ instead }) => instead)
    .map((property) => `- ${code(property.name)}: ${property.instead}`);
  return [
    `## ${title}`,
    `AWS: <${page}>`,
    table(['property', 'option', 'patch path', 'operations', 'values', 'unset by'], rows.map(referenceRow)),
    ...(notes.length > 0 ? [`What to do instead where something cannot be set or unset:\n\n${notes.join('\n')}`] : []),
  ].join('\n\n');
};

const made = '<!-- Made by `npm run generate`; change the table of properties, not this page. -->';

const reference = () =>
  `${[
    made,
    '# Properties',
    'Every property of a stage: its name, its option, how API Gateway patches it, and its values. `{name}` is the name of a ' +
      'variable, `{method}` a method such as `GET /pets`.',
    ...Object.entries(groups).map(referenceGroup),
  ].join('\n\n')}\n`;

const runStage = (words, cwd) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd,
    env: environment,
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
};

/** The output of a help command, as a section; nothing if there is no such command. */
const helpPage = (title, words) => {
  const { status, text } = runStage(words, root);
  return status === 0 ? [`## ${title}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\``] : [];
};

const help = () => {
  const top = runStage(['--help'], root).text;
  const commands = [...top.matchAll(/^ {2}([a-z][a-z-]*)(?: |$)/gm)].map(([, name]) => name);
  const pages = commands.flatMap((name) => helpPage(`stage ${name}`, [name, '--help']));
  const options = helpPage('Options of every command', ['help', 'options']);
  return `${[made, '# Help', `\`\`\`text\n${top.trimEnd()}\n\`\`\``, ...pages, ...options].join('\n\n')}\n`;
};

/** The commands of a console block, each with its output. A block is one session on the examples. */
const replay = (block) =>
  inExamples((cwd) => {
    const commands = block.split('\n').filter((line) => line.startsWith('$ '));
    return commands
      .map((line) => {
        const script = line.slice(2).replaceAll('npx stage', `"${process.execPath}" "${program}"`);
        const output = execFileSync(
          'sh',
          ['-c', `{ ${script}\n} 2>&1; code=$?; [ $code = 0 ] || echo "(exit $code)"`],
          {
            cwd,
            // Each session has its own journal.
            env: { ...environment, HOME: cwd },
            encoding: 'utf8',
          },
        );
        return `${line}\n${output}`;
      })
      .join('');
  });

const readme = () =>
  readFileSync(join(root, 'README.md'), 'utf8').replace(
    /(```console\n)(.*?)(```)/gs,
    (_, open, block, close) => `${open}${replay(block)}${close}`,
  );

const outputs = {
  'docs/reference.md': reference,
  'docs/help.md': help,
  ...Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `docs/${name}.schema.json`,
      () => `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  ),
  'README.md': readme,
  ...Object.fromEntries(Object.entries(examples).map(([name, text]) => [`examples/${name}`, () => text])),
};

/** The example after the README's first command, so that trying it in a clone does not make the file stale. */
const promoted = () =>
  inExamples((cwd) => {
    runStage(['promote-canary', 'examples/prod.json'], cwd);
    return readFileSync(join(cwd, 'examples/prod.json'), 'utf8');
  });

const read = (name) => {
  try {
    return readFileSync(join(root, name), 'utf8');
  } catch {
    return undefined;
  }
};

const isStale = (name, text) => {
  const held = read(name);
  return held !== text && !(name === 'examples/prod.json' && held === promoted());
};

const isCheck = process.argv.includes('--check');
const stale = Object.entries(outputs)
  .map(([name, make]) => [name, make()])
  .filter(([name, text]) => isStale(name, text));

mkdirSync(join(root, 'docs'), { recursive: true });
for (const [name, text] of stale) {
  if (isCheck) console.error(`${name} is stale: npm run generate`);
  else writeFileSync(join(root, name), text);
}
if (isCheck && stale.length > 0) process.exitCode = 1;
