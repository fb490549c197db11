import { exitCodeOf } from './cli/exit-codes.js';
import { flagText, type Given, isOn } from './cli/given.js';
import { type Invocation, parseCommandLine } from './cli/program.js';
import { parseRequest, type Texts } from './cli/request.js';
import { run } from './cli/run.js';
import { voiceFor } from './cli/voice.js';
import { asJson, asYaml, errorDocument } from './render/document.js';
import { maskProblem, problemLines } from './render/problems.js';
import { loadSettings } from './settings/resolve.js';
import { outputs, type Settings } from './settings/settings.js';
import { failure, StageError } from './stage/problem.js';
import { stageShape } from './stage/stage.js';
import { decodeText } from './targets/decode-text.js';
import { readText } from './targets/read-text.js';
import { printableLines } from './text/printable.js';
import { withoutBom } from './text/without-bom.js';
import type { World } from './world.js';

const textsOf = (world: World): Texts => {
  let stdin: Promise<string> | undefined;
  return {
    readFile: (path) => withoutBom(readText(path, world.cwd)),
    readStdin: () => {
      stdin ??= world.stdin.read().then((bytes) => withoutBom(decodeText(bytes, 'standard input')));
      return stdin;
    },
  };
};

const settingsOf = async (given: Given, { cwd, env }: World): Promise<Settings> => {
  const answer = await loadSettings({
    cwd,
    env,
    flag: (name) => flagText(given, name),
    noConfig: isOn(given, 'no-config'),
    reservedNames: Object.keys(stageShape),
  });
  if (!('problems' in answer)) return answer.settings;
  const kind = answer.problems.every(({ from }) => from === 'flag') ? 'usage' : 'config';
  throw new StageError(
    kind,
    answer.problems.map(({ message }) => ({ code: kind, message })),
  );
};

const patternsBefore: Readonly<Record<string, RegExp>> = {
  output: new RegExp(`\\0(?:-[a-z]*o\\0?=?|--output[\\0=])(${outputs.join('|')})\\0`),
  config: /\0--config[\0=]([^\0]+)\0/,
  'no-config': /\0--no-config\0/,
  'no-color': /\0--no-color\0/,
};

/** What the user asked of output and configuration, where the command line as a whole cannot be read. */
const flagsBefore = ({ argv }: World): Invocation['flags'] => {
  const line = `\0${argv.join('\0')}\0`;
  const found = Object.entries(patternsBefore).map(([name, pattern]) => [name, pattern.exec(line)] as const);
  return new Map(found.flatMap(([name, match]) => (match ? [[name, match[1] ?? true] as const] : [])));
};

/** What has been learned of a run when something fails. */
interface Progress {
  flags: Invocation['flags'];
  settings?: Settings;
}

const runIn = async (world: World, progress: Progress): Promise<number> => {
  const line = parseCommandLine(world);
  if ('shown' in line) return 0;
  if ('problems' in line) throw new StageError('usage', line.problems);
  const { invocation } = line;
  progress.flags = invocation.flags;
  const settings = await settingsOf(invocation, world);
  progress.settings = settings;
  const voice = await voiceFor(world, invocation, settings.redact);
  const request = await parseRequest(invocation, textsOf(world), voice.isSecret);
  return run({ world, voice, settings, command: invocation.command, flags: invocation.flags, request });
};

const toStageError = (error: unknown): StageError => {
  if (error instanceof StageError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return failure('unexpected', 'unexpected', `Something unexpected happened: ${message}`);
};

/** The settings of a run that failed before it had them: without its flags, and without the file where that is wrong. */
const settingsAnyway = async (flags: Invocation['flags'], world: World): Promise<Settings | undefined> => {
  const withoutFile = () => settingsOf({ flags: new Map([['no-config', true]]) }, world);
  return settingsOf({ flags: new Map([...flags].filter(([name]) => name.endsWith('config'))) }, world)
    .catch(withoutFile)
    .catch(() => undefined);
};

const tellFailure = async (error: StageError, world: World, { flags, ...progress }: Progress): Promise<number> => {
  const settings = progress.settings ?? (await settingsAnyway(flags, world));
  const voice = await voiceFor(world, { flags }, settings?.redact);
  const problems = error.problems.map((problem) => maskProblem(problem, voice.isSecret));
  const exitCode = exitCodeOf(error, world);
  const form = voice.asked ?? settings?.output;
  if (form !== 'json' && form !== 'yaml') world.stderr.write(problemLines(problems, voice.paintErrors));
  else {
    const document = errorDocument(error.kind, exitCode, problems);
    const text = form === 'json' ? asJson(document) : await asYaml(document);
    world.stderr.write(world.stderr.isTTY ? printableLines(text) : text);
  }
  return exitCode;
};

/** The whole program: words in, text and an exit code out. */
export const main = async (world: World): Promise<number> => {
  const progress: Progress = { flags: flagsBefore(world) };
  try {
    return await runIn(world, progress);
  } catch (error) {
    return tellFailure(toStageError(error), world, progress);
  }
};
