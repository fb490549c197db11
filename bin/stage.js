#!/usr/bin/env node
// The process starts and ends here. No other file accesses it.
const fs = require('node:fs');
const { enableCompileCache } = require('node:module');
const { dirname, isAbsolute, join } = require('node:path');
const { isatty } = require('node:tty');

/** The folder for Node's compile cache, within the user's cache folder. The parent of the cache folder must exist. */
const cacheFolder = ({ XDG_CACHE_HOME, HOME, LOCALAPPDATA }) => {
  const caches = [XDG_CACHE_HOME, HOME && join(HOME, '.cache'), LOCALAPPDATA].find((path) => path && isAbsolute(path));
  return caches && fs.existsSync(dirname(caches)) && join(caches, 'apigw-stage');
};

/** Writes all of a text, even to a pipe that is full for now. A reader that has gone is not a failure. */
const writeAll = (fd, text) => {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(fd, bytes));
    } catch ({ code }) {
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw new Error(`standard ${fd === 1 ? 'output' : 'error'} cannot be written (${code}).`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
};

let controller;

/** Before this is called, and a second after a signal, a signal ends the process. npx and timeout send each twice. */
const abortSignal = () => {
  if (controller) return controller.signal;
  controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => {
      controller.abort(name);
      setTimeout(() => process.removeAllListeners(name), 1000).unref();
    });
  return controller.signal;
};

const readLine = async () => {
  const lines = require('node:readline').createInterface({ input: process.stdin, signal: abortSignal() });
  for await (const line of lines) return line;
};

/** Stops early after more than `limit` bytes. */
const readAll = async (limit = Infinity) => {
  const chunks = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) break;
  }
  return Buffer.concat(chunks);
};

const stdio = (fd, methods) => Object.defineProperty(methods, 'isTTY', { get: () => isatty(fd) });

const world = {
  argv: process.argv.slice(2),
  env: process.env,
  // Throws if the folder was removed.
  get cwd() {
    return process.cwd();
  },
  pid: process.pid,
  stdin: stdio(0, { read: readAll, readLine }),
  stdout: stdio(1, { write: (text) => writeAll(1, text) }),
  stderr: stdio(2, { write: (text) => writeAll(2, text) }),
  now: Date.now,
  random: Math.random,
  get signal() {
    return abortSignal();
  },
};

const main = async () => {
  // Our engines field says which Node versions are supported; the SDK need not repeat it on stderr.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // The SDK would use an empty variable as the region.
  if (process.env.AWS_REGION === '') delete process.env.AWS_REGION;
  const folder = cacheFolder(process.env);
  // Node 20 lacks this function. Node itself obeys NODE_DISABLE_COMPILE_CACHE.
  if (folder) enableCompileCache?.(folder);
  return require('../dist/main.js').main(world);
};

/** Reports what `main` cannot: it is missing, or its output cannot be written. */
const giveUp = (error) => {
  const isBuilt = fs.existsSync(join(__dirname, '../dist/main.js'));
  try {
    writeAll(2, `stage: ${isBuilt ? error.message : 'this copy is not built yet; npm run build does that.'}\n`);
  } catch {}
  return 1;
};

// Exit explicitly: otherwise Node first tears down its heap, which takes a tenth of the run.
main()
  .catch(giveUp)
  .then((code) => {
    if (controller?.signal.reason !== 'SIGHUP') process.exit(code);
    // Without its terminal, process.exit aborts.
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
