// Preloaded into a process: tells on descriptor 3, when it ends, which of Node's modules and which files it has loaded.
const { writeSync } = require('node:fs');

const before = new Set(process.moduleLoadList);

process.on('exit', () => {
  const modules = process.moduleLoadList.filter((name) => !before.has(name)).map((name) => name.replace(/^.* /, ''));
  writeSync(3, JSON.stringify({ modules, files: Object.keys(require.cache) }));
});
