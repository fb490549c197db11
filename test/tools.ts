/** Tests that need what may not be on the machine. */

const required = (process.env['STAGE_REQUIRE_TOOLS'] ?? '').split(/[\s,]+/);

/**
 * `test` where a tool is there, or has to be since STAGE_REQUIRE_TOOLS lists it; otherwise the tests are skipped, and loudly so.
 * `lack` ends the sentence "SKIPPED: …, since".
 */
export const testWith = (tool: string, isThere: boolean, what: string, lack: string): jest.It => {
  if (isThere || required.includes(tool)) return test;
  process.stderr.write(`SKIPPED: ${what}, since ${lack}\n`);
  return test.skip;
};

/** `test` where the machine allows it; otherwise the test is skipped, and says why. */
export const testIf = (
  isPossible: boolean,
  reason: string,
): ((name: string, run: jest.ProvidesCallback, timeout?: number) => void) =>
  isPossible ? test : (name) => test.skip(`${name} (skipped: ${reason})`, () => {});
