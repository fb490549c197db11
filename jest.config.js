/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  // Otherwise Jest leaves one core to itself, which on two is half of the machine.
  maxWorkers: '100%',
  // Many tests start processes, which take long on a busy machine.
  testTimeout: 30_000,
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.(ts|js)$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // chalk is published as an ES module only, which Jest has to see as CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!(chalk)/)'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
};
