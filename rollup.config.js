// Bundles the program and the library, each with its dependencies, as CommonJS, which Node starts fastest. Each dynamic
// import() gets its own chunk.
const { rmSync } = require('node:fs');
const commonjs = require('@rollup/plugin-commonjs');
const json = require('@rollup/plugin-json');
const { nodeResolve } = require('@rollup/plugin-node-resolve');
const swc = require('@rollup/plugin-swc');
const { thirdPartyLicenses } = require('./scripts/third-party-licenses.js');

/** Packages that cosmiconfig requires and we never use: each stays a `require` that is never reached. */
const unused = ['typescript', 'import-fresh'];

const packageOf = (id) => /.*\/node_modules\/(?:@[^/]+\/)?([^/]+)/.exec(id)?.[1];

const cleanOutput = {
  name: 'clean-output',
  generateBundle: ({ dir }) => rmSync(dir, { recursive: true, force: true }),
};

const plugins = [
  nodeResolve({
    extensions: ['.ts', '.mjs', '.js', '.json', '.node'],
    exportConditions: ['module', 'node', 'import', 'default'],
    mainFields: ['module', 'main'],
  }),
  json({ preferConst: true }),
  swc({ include: 'src/**/*.ts', swc: { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } } }),
  commonjs({ strictRequires: true, ignore: unused }),
];

const output = {
  dir: 'dist',
  format: 'cjs',
  exports: 'named',
  generatedCode: 'es2015',
  interop: 'auto',
  // Turn dynamic imports into a promise of a require: a native one would start Node's ES module loader.
  dynamicImportInCjs: false,
  // Name chunks after packages: most package entries are called index.js.
  chunkFileNames: ({ name, moduleIds }) => `${packageOf(moduleIds.at(-1)) ?? name}.js`,
};

const shared = {
  external: (id) => id.startsWith('node:') || unused.includes(id),
  treeshake: { moduleSideEffects: 'no-external' },
  onwarn: (warning, warn) => {
    // An unresolved import would only fail later, on the user's machine.
    if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(warning.message);
    warn(warning);
  },
};

/** @type {import('rollup').RollupOptions[]} */
module.exports = [
  {
    ...shared,
    input: { main: 'src/main.ts' },
    // Chunks import from the entry, which Rollup would otherwise split in two.
    preserveEntrySignatures: 'allow-extension',
    plugins: [cleanOutput, ...plugins, thirdPartyLicenses()],
    output,
  },
  // Separate from the program, so that neither loads what only the other needs.
  { ...shared, input: { index: 'src/index.ts' }, plugins, output },
];
