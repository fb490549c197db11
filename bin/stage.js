#!/usr/bin/env node
// The process starts and ends here: this is the only file that touches it. First comes how the program is loaded, then the world
// that it is given. They share a file since Node takes a twentieth of an edit to find and compile another.

const fs = require('node:fs');
const { dirname, isAbsolute, join } = require('node:path');
const vm = require('node:vm');

// What V8 compiled of the program is kept for the next run: without it Node 20 spends a third of every run compiling.

/** So many runs write the code again, each with what it was the first to compile. By then the usual verbs are in it. */
const runsThatWrite = 5;
const headerLength = 64;

/** The user's own folder for what can be made again; undefined where there is none, or none is wanted. */
const findFolder = ({ NODE_DISABLE_COMPILE_CACHE, XDG_CACHE_HOME, HOME, LOCALAPPDATA }) => {
  if (NODE_DISABLE_COMPILE_CACHE) return undefined;
  const caches = [XDG_CACHE_HOME, HOME && join(HOME, '.cache'), LOCALAPPDATA].find((path) => path && isAbsolute(path));
  return caches && join(caches, 'apigw-stage', `${process.version}-${process.arch}`);
};

/** Code is run, so it must be ours: under sudo, HOME may be the folder of somebody with fewer rights. */
const isOurs = ({ uid, mode }) => process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0);

/** Puts ASCII into bytes. Buffer.write would cost as much as a file's reading: it is the first to be asked for an encoding. */
const put = (bytes, text, start) => {
  for (let index = 0; index < text.length; index += 1) bytes[start + index] = text.charCodeAt(index);
};

/** A file's bytes between two texts, put together as they are read. fs.readFileSync would cost a second copy, and itself. */
const readBytes = (fd, size, before = '', after = '') => {
  const bytes = Buffer.allocUnsafeSlow(before.length + size + after.length);
  put(bytes, before, 0);
  if (fs.readSync(fd, bytes, before.length, size, 0) !== size) throw new Error('A file has changed while it was read.');
  put(bytes, after, before.length + size);
  return bytes;
};

const withFile = (file, use) => {
  const fd = fs.openSync(file, 'r');
  try {
    return use(fd, fs.fstatSync(fd));
  } finally {
    fs.closeSync(fd);
  }
};

const readIfOurs = (file) => {
  try {
    return withFile(file, (fd, stats) => (isOurs(stats) ? readBytes(fd, stats.size) : undefined));
  } catch {
    return undefined;
  }
};

/** The code kept for a chunk, and how many runs have written it. That of another build is none. */
const readCode = (file, build) => {
  const bytes = readIfOurs(file);
  const [of, runs] = bytes?.toString('latin1', 0, headerLength).split(' ') ?? [];
  return of === build ? { cachedData: bytes.subarray(headerLength), runs: Number(runs) } : { runs: 0 };
};

/** Makes our folder in that of caches, and that in a home which is there: a service may have none. */
const makeFolder = (folder) => {
  for (const path of [dirname(dirname(folder)), dirname(folder), folder]) {
    if (!fs.existsSync(path)) fs.mkdirSync(path, { mode: 0o700 });
  }
};

/** V8 trusts what it is given: whenever the machine stops, there is all of it or none. */
const replaceWhole = (file, bytes) => {
  const draft = `${file}.${process.pid}`;
  const fd = fs.openSync(draft, 'wx', 0o600);
  fs.writeFileSync(fd, bytes);
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  fs.renameSync(draft, file);
};

/** Failing is no failure: the next run compiles again. */
const writeCode = (file, build, runs, script) => {
  try {
    makeFolder(dirname(file));
    if (!isOurs(fs.statSync(dirname(file)))) return;
    const header = Buffer.from(`${build} ${runs} `.padEnd(headerLength));
    replaceWhole(file, Buffer.concat([header, script.createCachedData()]));
  } catch {}
};

const endings = [];

/** One listener for all chunks: Node would take many for a leak, and warn of it. */
const atExit = (ending) => {
  if (endings.length === 0) process.once('exit', () => endings.map((each) => each()));
  endings.push(ending);
};

const opening = '(function (exports, require, module) {';

/** A chunk, which is ASCII, as an expression. Its first line tells it from that of any other build. */
const readSource = (file) => {
  const source = withFile(file, (fd, { size }) => readBytes(fd, size, opening, '\n})').toString('latin1'));
  return { source, build: source.slice(opening.length + '// '.length, source.indexOf('\n')) };
};

const compile = (file, code) => {
  const { source, build } = readSource(file);
  const { cachedData, runs } = readCode(code, build);
  const script = new vm.Script(source, { filename: file, cachedData });
  const isFresh = cachedData === undefined || script.cachedDataRejected;
  if (isFresh || runs < runsThatWrite) {
    atExit(() => writeCode(code, build, isFresh ? 1 : runs + 1, script));
  }
  return script.runInThisContext();
};

/** Loads a chunk as `require` would, and the chunks that it requires, from the code that earlier runs have compiled. */
const loaderFrom = (dist, folder) => {
  const modules = new Map();
  const load = (name) => {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    const run = compile(join(dist, name), join(folder, `${name}.code`));
    run(module.exports, (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id)), module);
    return module.exports;
  };
  return load;
};

/** `require` of a chunk of the program. */
const loadChunk = (name) => {
  const dist = join(__dirname, '../dist');
  const folder = findFolder(process.env);
  return folder === undefined ? require(join(dist, name)) : loaderFrom(dist, folder)(name);
};

const isNull = ({ rdev }) => rdev === fs.statSync('/dev/null', { throwIfNoEntry: false })?.rdev;

// Loading node:tty takes as long as an edit, so it is asked only about what may be a terminal.
const isTerminal = (fd) => {
  try {
    const stats = fs.fstatSync(fd);
    return stats.isCharacterDevice() && !isNull(stats) && require('node:tty').isatty(fd);
  } catch {
    return false;
  }
};

const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);

/** Writes all of a text, also to a pipe that is full for now. A reader that has gone is no failure. */
const writeAll = (fd, text) => {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(fd, bytes));
    } catch (error) {
      if (error.code === 'EPIPE') return;
      if (error.code !== 'EAGAIN')
        throw new Error(`standard ${fd === 1 ? 'output' : 'error'} cannot be written (${error.code}).`);
      pause();
    }
  }
};

const sink = (fd) => ({
  get isTTY() {
    return isTerminal(fd);
  },
  write: (text) => writeAll(fd, text),
});

const readAll = async () => {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const readLine = async (signal) => {
  const lines = require('node:readline').createInterface({ input: process.stdin, signal });
  const line = await new Promise((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
  });
  lines.close();
  return line;
};

let controller;

/** Until somebody asks for it, a signal ends the process at once. */
const abortSignal = () => {
  if (controller === undefined) {
    controller = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => controller.abort(name));
  }
  return controller.signal;
};

// Our own engines field says which Node is supported; the SDK need not say it again on stderr.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// An empty variable says nothing here, and the SDK would take it for the region.
if (process.env.AWS_REGION === '') delete process.env.AWS_REGION;

const world = {
  argv: process.argv.slice(2),
  env: process.env,
  // Throws where the folder was removed, and then `main` tells it.
  get cwd() {
    return process.cwd();
  },
  pid: process.pid,
  stdin: {
    get isTTY() {
      return isTerminal(0);
    },
    read: readAll,
    readLine: () => readLine(abortSignal()),
  },
  stdout: sink(1),
  stderr: sink(2),
  now: Date.now,
  random: Math.random,
  get signal() {
    return abortSignal();
  },
};

/** For what even `main` cannot tell: that there is no `main`, or nowhere to tell it. */
const giveUp = (error) => {
  const isBuilt = fs.existsSync(join(__dirname, '../dist/main.js'));
  try {
    writeAll(2, `stage: ${isBuilt ? error.message : 'this copy is not built yet; npm run build does that.'}\n`);
  } catch {}
  process.exit(1);
};

const start = async () => {
  const code = await loadChunk('main.js').main(world);
  // All is written by now. Ending by itself, Node would first take apart what it has built: a tenth of the run.
  process.exit(code);
};

start().catch(giveUp);
