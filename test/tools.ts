/** Tests that need tools that may be missing. */

const required = (process.env['STAGE_REQUIRE_TOOLS'] ?? '').split(/[\s,]+/);

/**
 * `test` if a tool is installed, or required by STAGE_REQUIRE_TOOLS; otherwise the tests are skipped with a message.
 * `lack` ends the sentence "SKIPPED: …, since".
 */
export const testWith = (tool: string, isThere: boolean, what: string, lack: string): jest.It => {
  if (isThere || required.includes(tool)) return test;
  process.stderr.write(`SKIPPED: ${what}, since ${lack}\n`);
  return test.skip;
};

/** `test` if the machine allows it; otherwise the test is skipped with the reason. */
export const testIf = (
  isPossible: boolean,
  reason: string,
): ((name: string, run: jest.ProvidesCallback, timeout?: number) => void) =>
  isPossible ? test : (name) => test.skip(`${name} (skipped: ${reason})`, () => {});
