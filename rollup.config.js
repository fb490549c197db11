// Bundles the program and the library, each with what it needs of other packages, to CommonJS, which Node starts fastest. What a
// dynamic import() loads lies in a chunk of its own.
const { rmSync } = require('node:fs');
const commonjs = require('@rollup/plugin-commonjs');
const json = require('@rollup/plugin-json');
const { nodeResolve } = require('@rollup/plugin-node-resolve');
const swc = require('@rollup/plugin-swc');
const { thirdPartyLicenses } = require('./scripts/third-party-licenses.js');

/** What cosmiconfig requires and we never use: left as a `require` that nothing reaches. */
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
  // A dynamic import becomes a promise of a require: Node's own would start its loader of ES modules.
  dynamicImportInCjs: false,
  // Of a package, most entries are called index.js.
  chunkFileNames: ({ name, moduleIds }) => `${packageOf(moduleIds.at(-1)) ?? name}.js`,
};

const shared = {
  external: (id) => id.startsWith('node:') || unused.includes(id),
  treeshake: { moduleSideEffects: 'no-external' },
  onwarn: (warning, warn) => {
    // An import that was not found would be left for the user's Node to miss.
    if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(warning.message);
    warn(warning);
  },
};

/** @type {import('rollup').RollupOptions[]} */
module.exports = [
  {
    ...shared,
    input: { main: 'src/main.ts' },
    // Chunks import from the entry, which would be split in two for that.
    preserveEntrySignatures: 'allow-extension',
    plugins: [cleanOutput, ...plugins, thirdPartyLicenses()],
    output,
  },
  // Apart from the program, so that neither loads what only the other needs.
  { ...shared, input: { index: 'src/index.ts' }, plugins, output },
];
