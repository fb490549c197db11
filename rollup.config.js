// Bundles the program and the library to CommonJS chunks, which Node starts fastest. Half of what a plain edit may cost beside Node
// itself is finding, reading and compiling files, so bench/cli.js and bench/live.js decide what stands here:
//
// 1. What always runs is one chunk, `main`; what few runs need lies in chunks of its own, named for what is in them.
// 2. Such a chunk is loaded where a dynamic import says so, or when a name of it is used for the first time (defer-chunks).
// 3. Packages that load at their start what we seldom need are talked out of it (defer-requires).
//
// bin/stage.js loads the chunks, and keeps what V8 compiled of them.
const { createHash } = require('node:crypto');
const { rmSync } = require('node:fs');
const { dirname, join } = require('node:path');
const commonjs = require('@rollup/plugin-commonjs');
const json = require('@rollup/plugin-json');
const { nodeResolve } = require('@rollup/plugin-node-resolve');
const swc = require('@rollup/plugin-swc');
const { transformSync } = require('@swc/core');
const { thirdPartyLicenses } = require('./scripts/third-party-licenses.js');

/** Packages that are imported where they are needed, and get a chunk named after them. What is no other's is cosmiconfig's. */
const lazyPackages = ['chalk', 'yaml', 'cosmiconfig'];

/** Modules that are imported as any other, and loaded when they are used first. */
const lateModules = {
  help: ['commander/lib/help.js', 'commander/lib/suggestSimilar.js', 'src/commands/fault-grammar.ts'],
  failure: [
    'src/cli/explain-words.ts',
    'src/cli/suggestions.ts',
    'src/cli/tell-failure.ts',
    'src/render/mask-given.ts',
    'src/render/problems.ts',
    'src/cli/suggest-path.ts',
    'src/stage/refusals.ts',
    'src/targets/failure.ts',
    'src/text/json-fault.ts',
    'src/text/spelling.ts',
  ],
  operations: [
    'src/cli/patch-items.ts',
    'src/cli/variables-flag.ts',
    'src/render/aws-cli.ts',
    'src/stage/parse-operations.ts',
    'src/stage/shorthand.ts',
  ],
  diff: ['src/stage/diff.ts', 'src/stage/diff-methods.ts'],
  live: [
    'src/cli/list.ts',
    'src/cli/live.ts',
    'src/cli/live-address.ts',
    'src/cli/serve.ts',
    'src/stage/read-only.ts',
    'src/targets/quota.ts',
  ],
  config: ['src/settings/check.ts', 'src/settings/read-config-file.ts', 'src/settings/load-config-file.ts'],
};

const lateChunkOf = (id) =>
  Object.keys(lateModules).find((name) => lateModules[name].some((file) => id.endsWith(`/${file}`)));

const sdk = /\/node_modules\/@(?:aws|aws-sdk|smithy)\//;

const liveModules = /\/src\/(?:serve|targets\/(?:api-gateway|folder))(?:\/|\.ts$)/;

const chunkOf = (id) => {
  const late = lateChunkOf(id);
  if (late !== undefined) return late;
  // Brings a parser along, to say in which line of a configuration something is wrong.
  if (id.endsWith('/src/settings/lines.ts')) return 'lines';
  // Live stages and the local endpoint lie apart, with the SDK split as it imports itself.
  if (liveModules.test(id) || sdk.test(id)) return undefined;
  // One chunk for all that always runs: another file costs a third of a millisecond.
  if (!id.includes('/node_modules/') || id.includes('/node_modules/commander/')) return 'main';
  return lazyPackages.find((name) => id.includes(`/node_modules/${name}/`)) ?? 'cosmiconfig';
};

/** The SDK loads its many index.js one by one: a chunk is named after the package that it enters, and the part of that. */
const sdkChunkName = (id) =>
  id
    .replace(/^.*\/node_modules\/@[^/]+\//, '')
    .replace(/\/(?:dist-es|submodules)(?=\/)/g, '')
    .replace(/(?:\/index)?\.[^.]+$/, '')
    .replaceAll('/', '-');

/** What a package requires and we never use. Left as `require`, which nothing reaches. */
const unused = ['typescript', 'import-fresh'];

/** What packages load at their start, and we need seldom or never: what their files say, and what they say here. */
const lateRequires = {
  'commander/lib/command.js': [
    [
      "const childProcess = require('node:child_process');",
      "const childProcess = { get spawn() { return process.getBuiltinModule('node:child_process').spawn; } };",
    ],
    // The global is the same, and there already.
    ["const process = require('node:process');", ''],
    [
      "const { Help, stripColor } = require('./help.js');",
      [
        "const Help = function () { return new (require('./help.js').Help)(); };",
        "const stripColor = (text) => require('./help.js').stripColor(text);",
      ].join('\n'),
    ],
    [
      "const { suggestSimilar } = require('./suggestSimilar');",
      "const suggestSimilar = (...words) => require('./suggestSimilar').suggestSimilar(...words);",
    ],
  ],
  'commander/index.js': [["const { Help } = require('./lib/help.js');", 'const Help = undefined;']],
  'cosmiconfig/dist/loaders.js': [
    [
      'const crypto_1 = require("crypto");',
      "const crypto_1 = { get randomUUID() { return process.getBuiltinModule('node:crypto').randomUUID; } };",
    ],
  ],
  // Two small files, if they are there at all: promises would bring node:readline and more with them.
  '@smithy/core/dist-es/submodules/config/shared-ini-file-loader/readFile.js': [
    [
      'import { readFile as fsReadFile } from "node:fs/promises";',
      'import { readFileSync } from "node:fs";\nconst fsReadFile = async (...words) => readFileSync(...words);',
    ],
  ],
  // An endpoint of http needs no agent for https; node:https is among the late built-in modules.
  '@smithy/node-http-handler/dist-es/node-http-handler.js': [
    ['httpsAgent: (() => {', 'get httpsAgent() {\n const value = (() => {'],
    [
      '...httpsAgent });\n            })(),',
      "...httpsAgent });\n })();\n Object.defineProperty(this, 'httpsAgent', { value });\n return value;\n },",
    ],
  ],
};

/** A package that has changed since fails the build, lest the program quietly start slower. */
const deferRequires = () => ({
  name: 'defer-requires',
  transform(code, id) {
    const rows = lateRequires[id.replace(/^.*\/node_modules\//, '')];
    if (rows === undefined) return null;
    const late = rows.reduce((text, [eager, later]) => {
      if (text.split(eager).length !== 2) this.error(`${id} does not say once: ${eager}`);
      return text.replace(eager, () => later);
    }, code);
    return { code: late, map: null };
  },
});

const isLate = (file) => Object.hasOwn(lateModules, file.replace(/\.js$/, ''));

const getter = (from, name) => `get ${name}() { return require('${from}').${name}; }`;

/** Built-in modules that Node has not loaded before us, of which an edit needs nothing; over http, a live one neither. */
const lateBuiltins = ['node:os', 'node:https'];

/** A module of Node is its own default export, and what is read of that is read of the module. */
const asItself = (from) =>
  `new Proxy({}, { get: (_, name) => (name === '__esModule' ? undefined : require('${from}')[name]) })`;

const laterOf = (from, names) =>
  lateBuiltins.includes(from) && names.includes('default')
    ? asItself(from)
    : `{ ${names.map((name) => getter(from, name)).join(', ')} }`;

/** Requires late chunks and built-in modules not at the top of a chunk, but whenever a name of theirs is read. */
const deferChunks = () => ({
  name: 'defer-chunks',
  renderChunk(code, { fileName, importedBindings }) {
    const late = Object.entries(importedBindings)
      .filter(([file]) => file !== fileName && (lateBuiltins.includes(file) || isLate(file)))
      .map(([file, names]) => [lateBuiltins.includes(file) ? file : `./${file}`, names]);
    const deferred = late.reduce((text, [from, names]) => {
      const call = ` = require('${from}');\n`;
      if (text.split(call).length !== 2) this.error(`${fileName} does not require ${from} once, at its top`);
      return text.replace(call, () => ` = ${laterOf(from, names)};\n`);
    }, code);
    return { code: deferred, map: null };
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

/** Prints chunks in ASCII, which V8 holds in half the memory, and without comments. Names and lines stay, for stack traces. */
const printAscii = () => ({
  name: 'print-ascii',
  renderChunk: (code) => {
    const { code: printed } = transformSync(code, {
      swcrc: false,
      configFile: false,
      isModule: false,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'ecmascript' },
        output: { charset: 'ascii' },
        minify: { compress: false, mangle: false, format: { comments: false } },
      },
    });
    return { code: printed, map: null };
  },
});

/** Begins each chunk with a line of its own, so that code that was compiled of another build is never taken for its code. */
const markBuild = () => ({
  name: 'mark-build',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle).filter(({ type }) => type === 'chunk')) {
      chunk.code = `// ${createHash('sha256').update(chunk.code).digest('hex').slice(0, 16)}\n${chunk.code}`;
    }
  },
});

const swcOptions = { jsc: { target: 'es2022', parser: { syntax: 'typescript' }, loose: false } };

const plugins = [
  typescriptSources(),
  nodeResolve({ exportConditions: ['module', 'node', 'import', 'default'], mainFields: ['module', 'main'] }),
  deferRequires(),
  json({ preferConst: true }),
  swc({ include: 'src/**/*.ts', swc: swcOptions }),
  commonjs({ strictRequires: true, ignore: unused }),
];

const output = {
  dir: 'dist',
  format: 'cjs',
  exports: 'named',
  generatedCode: 'es2015',
  interop: 'auto',
  externalLiveBindings: false,
  // A dynamic import is a promise of a require: Node's own would start its loader of ES modules.
  dynamicImportInCjs: false,
  // What a late chunk imports need not be there before it.
  hoistTransitiveImports: false,
  entryFileNames: '[name].js',
  chunkFileNames: ({ name, moduleIds }) => {
    const entered = moduleIds.at(-1);
    return sdk.test(entered) ? `aws-${sdkChunkName(entered)}.js` : `${name}.js`;
  },
};

const shared = {
  external: (id) => /^node:/.test(id) || unused.includes(id),
  treeshake: { moduleSideEffects: 'no-external' },
  // A name that is not found would be left for the user's Node to miss.
  onwarn: (warning, warn) => {
    if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(warning.message);
    warn(warning);
  },
};

/** @type {import('rollup').RollupOptions[]} */
module.exports = [
  {
    ...shared,
    input: { main: 'src/main.ts' },
    // Late chunks import from the entry, which would be split in two for that.
    preserveEntrySignatures: 'allow-extension',
    plugins: [cleanOutput(), ...plugins, thirdPartyLicenses(), deferChunks(), printAscii(), markBuild()],
    output: { ...output, manualChunks: chunkOf, onlyExplicitManualChunks: true },
  },
  // Apart from the program, so that neither waits for what only the other needs.
  { ...shared, input: { index: 'src/index.ts' }, plugins, output },
];
