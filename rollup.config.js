// Bundles the program and the library to CommonJS chunks: Node starts those fastest (bench/cli.js measures it). What one
// command in ten needs is imported where it is needed, and lies in a chunk of its own.
const { existsSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { dirname, join } = require('node:path');
const commonjs = require('@rollup/plugin-commonjs');
const json = require('@rollup/plugin-json');
const { nodeResolve } = require('@rollup/plugin-node-resolve');
const swc = require('@rollup/plugin-swc');

const entries = ['main', 'index'].filter((name) => existsSync(join(__dirname, `src/${name}.ts`)));

/** Packages that get a chunk of their own, named after them; what they depend on goes with them. */
const lazyPackages = ['cosmiconfig', 'chalk', 'yaml', 'jsonc-parser'];

/** What a package requires and we never use. Left as `require`, which nothing reaches. */
const unused = ['typescript', 'import-fresh'];

/** Built-in modules that a package requires when it loads, for a call that we make seldom or never. */
const lazyBuiltins = [
  {
    file: 'commander/lib/command.js',
    eager: "const childProcess = require('node:child_process');",
    lazy: "const childProcess = { get spawn() { return process.getBuiltinModule('node:child_process').spawn; } };",
  },
  {
    file: 'cosmiconfig/dist/loaders.js',
    eager: 'const crypto_1 = require("crypto");',
    lazy: "const crypto_1 = { get randomUUID() { return process.getBuiltinModule('node:crypto').randomUUID; } };",
  },
];

/** Loads built-in modules late. A package that has changed since fails the build, lest the program quietly start slower. */
const deferBuiltins = () => ({
  name: 'defer-builtins',
  transform(code, id) {
    const row = lazyBuiltins.find(({ file }) => id.endsWith(`/node_modules/${file}`));
    if (row === undefined) return null;
    if (!code.includes(row.eager)) this.error(`${row.file} no longer says: ${row.eager}`);
    return { code: code.replace(row.eager, () => row.lazy), map: null };
  },
});

/** Sources import './x.js', as they would after compiling; the file is x.ts. */
const typescriptSources = () => ({
  name: 'typescript-sources',
  resolveId: (id, importer) =>
    id.startsWith('.') && importer?.endsWith('.ts') ? join(dirname(importer), id.replace(/\.js$/, '.ts')) : null,
});

const cleanOutput = () => ({
  name: 'clean-output',
  generateBundle: ({ dir }) => rmSync(dir, { recursive: true, force: true }),
});

const packageFolder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

const licenseOf = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length === 0) throw new Error(`${name} is bundled, and no licence lies in its folder`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
};

/** Writes down the licence of every package of which something is in the bundle. */
const thirdPartyLicenses = () => ({
  name: 'third-party-licenses',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((chunk) => Object.entries(chunk.modules ?? {}));
    const folders = modules
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .map(([id]) => packageFolder.exec(id.replace(/^\0/, ''))?.[0])
      .filter((folder) => folder !== undefined);
    const source = [...new Set(folders)]
      .sort()
      .map(licenseOf)
      .join(`\n\n${'-'.repeat(80)}\n\n`);
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES.txt', source: `${source}\n` });
  },
});

const chunkOf = (id) => {
  // Merged into a lazy chunk, these few lines would have every other chunk load it.
  if (id.startsWith('\0commonjsHelpers')) return 'commonjs';
  return lazyPackages.find((name) => id.includes(`/node_modules/${name}/`));
};

// What the program and the library share would be called index2.
const isEngine = (id) => id.endsWith('/src/stage/patch.ts');

/** @type {import('rollup').RollupOptions} */
module.exports = {
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  external: (id) => /^node:/.test(id) || unused.includes(id),
  treeshake: { moduleSideEffects: 'no-external' },
  plugins: [
    cleanOutput(),
    typescriptSources(),
    nodeResolve({ exportConditions: ['module', 'node', 'import', 'default'], mainFields: ['module', 'main'] }),
    deferBuiltins(),
    json({ preferConst: true }),
    swc({ include: 'src/**/*.ts', swc: { jsc: { target: 'es2022', parser: { syntax: 'typescript' }, loose: false } } }),
    commonjs({ strictRequires: true, ignore: unused }),
    thirdPartyLicenses(),
  ],
  output: {
    dir: 'dist',
    format: 'cjs',
    exports: 'named',
    generatedCode: 'es2015',
    interop: 'auto',
    externalLiveBindings: false,
    // A dynamic import is a promise of a require: Node's own would start its loader of ES modules.
    dynamicImportInCjs: false,
    entryFileNames: '[name].js',
    chunkFileNames: ({ moduleIds }) => (moduleIds.some(isEngine) ? 'stage.js' : '[name].js'),
    manualChunks: chunkOf,
  },
  // A name that is not found would be left for the user's Node to miss.
  onwarn: (warning, warn) => {
    if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(warning.message);
    warn(warning);
  },
};
