#!/usr/bin/env node
// The process starts and ends here; besides code-cache.js, which needs no world, this is the only file that touches it.

const fs = require('node:fs');
const { loadChunk } = require('./code-cache.js');

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
      if (error.code !== 'EAGAIN') throw error;
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

const world = {
  argv: process.argv.slice(2),
  env: process.env,
  // Throws where the folder was removed, and then `main` tells it.
  get cwd() {
    return process.cwd();
  },
  pid: process.pid,
  platform: process.platform,
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

loadChunk('main.js')
  .main(world)
  .then((code) => {
    // All is written by now. Ending by itself, Node would first take apart what it has built: a tenth of the run.
    process.exit(code);
  });
