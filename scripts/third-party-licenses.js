// A Rollup plugin that collects the licence of every package in the bundle.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const packageFolder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

const licenseOf = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  // Some AWS SDK packages declare Apache-2.0 without the text: use the text of another SDK package.
  const lent =
    license === 'Apache-2.0' && name.startsWith('@aws-sdk/') ? [join(folder, '../client-api-gateway/LICENSE')] : [];
  const paths = files.length > 0 ? files.map((file) => join(folder, file)) : lent;
  if (paths.length === 0) throw new Error(`${name} is bundled, and no licence lies in its folder`);
  const texts = paths.map((path) => readFileSync(path, 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
};

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

module.exports = { thirdPartyLicenses };
