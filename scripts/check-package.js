// Packs the package as npm would publish it, and checks it as users get it: its contents, its types, and whether it
// runs and can be imported in an empty folder.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '..');
const run = (command, words, cwd = root) =>
  execFileSync(command, words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const tool = (name) => join(root, 'node_modules/.bin', name);

const allowed = [
  /^package\.json$/,
  /^README\.md$/,
  /^LICENSE$/,
  /^CHANGELOG\.md$/,
  /^\.stagerc\.example$/,
  /^bin\/stage\.js$/,
  /^dist\/[A-Za-z0-9-]+\.js$/,
  /^dist\/index\.d\.ts$/,
  /^dist\/(stage|text)\/[a-z-]+\.d\.ts$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
  /^docs\/[a-z-]+\.schema\.json$/,
  /^examples\/[a-z]+\.(?:json|yaml)$/,
  // The rollout demo.
  /^examples\/canary\/(?:[a-z0-9]+\/)*[a-z0-9]+\.(?:json|js|sh)$/,
];

const needed = [
  'package.json',
  'README.md',
  'LICENSE',
  'bin/stage.js',
  'dist/main.js',
  'dist/index.js',
  'dist/index.d.ts',
  'docs/stage.schema.json',
  'docs/stagerc.schema.json',
];

const library = `
import assert from 'node:assert/strict';
import { applyPatch, diffStages, parseOperations, properties, PatchError } from 'apigw-stage';
const after = applyPatch({}, parseOperations('op=replace,path=/description,value=x'));
assert.deepEqual(after, { description: 'x' });
assert.equal(diffStages(after, {}).operations.length, 1);
assert.throws(() => applyPatch({}, [{ op: 'remove', path: '/x' }]), PatchError);
assert.ok(properties.length > 20);
`;

const packed = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts']));
const { filename, files, unpackedSize } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0];
const tarball = join(root, filename);
const folder = mkdtempSync(join(tmpdir(), 'stage-package-'));
try {
  const paths = files.map(({ path }) => path);
  assert.deepEqual(
    paths.filter((path) => !allowed.some((pattern) => pattern.test(path))),
    [],
    'files that have no place in the package',
  );
  assert.deepEqual(
    needed.filter((path) => !paths.includes(path)),
    [],
    'files that are missing',
  );

  run(tool('publint'), ['run', tarball, '--strict']);
  run(tool('attw'), [tarball]);

  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball], folder);
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies), [
    'apigw-stage',
  ]);
  copyFileSync(join(folder, 'node_modules/apigw-stage/examples/prod.json'), join(folder, 'prod.json'));
  run(join(folder, 'node_modules/.bin/stage'), ['set', 'prod.json', '--description', 'packed'], folder);
  assert.equal(JSON.parse(readFileSync(join(folder, 'prod.json'), 'utf8')).description, 'packed');
  writeFileSync(join(folder, 'library.mjs'), library);
  run(process.execPath, ['library.mjs'], folder);
  writeFileSync(join(folder, 'library.cjs'), "if (!require('apigw-stage').applyPatch) process.exit(1);\n");
  run(process.execPath, ['library.cjs'], folder);
  console.log(`${filename}: ${paths.length} files, ${Math.round(unpackedSize / 1024)} KB, runs and imports`);
} finally {
  rmSync(folder, { recursive: true });
  if (existsSync(tarball)) rmSync(tarball);
}
