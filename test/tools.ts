/** Tests that need a program that may not be on the machine. */

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
