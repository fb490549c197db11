/** REST APIs and their stages, kept in a folder: `ID/STAGE.json`, and `ID.json` where there is one. */
import type { PatchOperation } from '../stage/operation.js';
import type { PatchContext } from '../stage/patch.js';
import type { Calls } from '../stage/plan.js';
import { failure, type StageError } from '../stage/problem.js';
import { applyCalls } from '../stage/result.js';
import { isObject, type JsonObject, type Stage, stageNamePattern, stageShape } from '../stage/stage.js';
import { type FileOptions, stageFile } from '../targets/file.js';
import { type FolderOptions, openFolder } from '../targets/folder.js';
import type { StageTarget } from '../targets/target.js';

/** What is known of a REST API besides its stages. What it leaves out is not checked. */
export interface Api {
  readonly id: string;
  readonly name: string;
  readonly deployments?: readonly Item[];
  readonly resources?: readonly Item[];
  /** All other members, as they were written. */
  readonly others: JsonObject;
}

/** A deployment or a resource as it was written. */
export interface Item extends JsonObject {
  readonly id: string;
}

export interface StageEdit {
  /** What is known besides the stage. */
  readonly context: PatchContext;
  /** What is to be done to the stage that is there. Throws what it is refused for. */
  decide(stage: Stage): readonly PatchOperation[];
  /** What is more to be said in the stage once something was done. */
  finish(before: Stage, after: Stage): Stage;
}

export interface Store {
  apiIds(): readonly string[];
  /** Undefined where there is no such API. */
  api(id: string): Api | undefined;
  stageNames(apiId: string): readonly string[];
  /** Undefined where there is no such stage. */
  stage(apiId: string, name: string): Promise<Stage | undefined>;
  editStage(apiId: string, name: string, edit: StageEdit): Promise<{ readonly before: Stage; readonly after: Stage }>;
  /** False where there is a stage of this name. */
  createStage(apiId: string, name: string, stage: Stage): Promise<boolean>;
  /** False where there was no such stage. */
  deleteStage(apiId: string, name: string): Promise<boolean>;
  /** Writes a deployment down, where the API's deployments are; elsewhere it is remembered. */
  addDeployment(apiId: string, deployment: Item): Promise<void>;
  /** Those that are only remembered. */
  remembered(apiId: string): readonly Item[];
}

/** What an API or a stage may be called here. Nothing else ever becomes part of a path. */
const namePattern = new RegExp(`^${stageNamePattern}$`);

export const isName = (text: string): boolean => namePattern.test(text);

const apiFile = (id: string): string => `${id}.json`;
const stagePath = (apiId: string, name: string): string => `${apiId}/${name}.json`;

const stemsOf = (names: readonly string[]): readonly string[] =>
  names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));

const misfit = (file: string, sentence: string): StageError => failure('input', 'misfit', `${file}: ${sentence}`);

const isItem = (value: unknown): value is Item => isObject(value) && typeof value['id'] === 'string';

const itemsIn = (value: JsonObject, member: 'deployments' | 'resources', file: string): Partial<Api> => {
  const items = value[member];
  if (items === undefined) return {};
  if (!Array.isArray(items) || !items.every(isItem))
    throw misfit(file, `${member}: expected a list of objects, each with an id.`);
  return { [member]: items };
};

const apiIn = (id: string, value: unknown): Api => {
  const file = apiFile(id);
  if (!isObject(value)) throw misfit(file, 'expected an object, { id, name, deployments, resources }.');
  if ('stageName' in value) throw misfit(file, 'this is a stage; it would be served from a folder: API/STAGE.json.');
  const { id: _, name, deployments, resources, ...others } = value;
  return {
    id,
    name: typeof name === 'string' ? name : id,
    ...itemsIn({ deployments }, 'deployments', file),
    ...itemsIn({ resources }, 'resources', file),
    others,
  };
};

const withDeployment = (value: unknown, deployment: Item): unknown => {
  const deployments = isObject(value) ? value['deployments'] : undefined;
  return isObject(value) && Array.isArray(deployments)
    ? { ...value, deployments: [...deployments, deployment] }
    : value;
};

const inOrder = (stage: JsonObject): JsonObject =>
  Object.fromEntries(
    [...new Set([...Object.keys(stageShape), ...Object.keys(stage)])]
      .filter((member) => stage[member] !== undefined)
      .map((member) => [member, stage[member]]),
  );

const textOf = (stage: Stage): string => `${JSON.stringify(inOrder({ ...stage }), null, 4)}\n`;

export const contextOf = ({ deployments }: Api): PatchContext =>
  deployments === undefined ? {} : { deploymentIds: deployments.map(({ id }) => id) };

const applying =
  ({ context, finish }: StageEdit) =>
  (stage: Stage, calls: Calls): Stage =>
    calls.flat().length === 0 ? stage : finish(stage, applyCalls(stage, calls, context));

/** Does the works of one key one after another, in the order in which they came. */
const newQueue = (): (<T>(key: string, work: () => Promise<T>) => Promise<T>) => {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const done = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, done);
    const forget = (): void => {
      if (last.get(key) === done) last.delete(key);
    };
    done.then(forget, forget);
    return done;
  };
};

/** The store in a folder. Throws StageError('file') where there is no such folder. */
export const openStore = (path: string, options: FolderOptions): Store => {
  const folder = openFolder(path, options);
  // The lock of a file is for other processes. Our own requests wait in line, so that none of them starves.
  const inTurn = newQueue();
  const remembered = new Map<string, readonly Item[]>();
  const { world } = options;
  const within = { pid: world.pid, cwd: folder.root, signal: world.signal, now: world.now, random: world.random };
  const target = (apiId: string, name: string, more: Pick<FileOptions, 'apply'> = {}): StageTarget =>
    stageFile(stagePath(apiId, name), { ...options, world: within, ...more });
  const isApi = (id: string): boolean =>
    isName(id) && (folder.kind(apiFile(id)) === 'file' || folder.kind(id) === 'folder');
  const isStage = (apiId: string, name: string): boolean =>
    isName(apiId) && isName(name) && folder.kind(stagePath(apiId, name)) === 'file';
  const api = (id: string): Api | undefined => {
    if (!isApi(id)) return undefined;
    return folder.kind(apiFile(id)) === 'file' ? apiIn(id, folder.read(apiFile(id))) : { id, name: id, others: {} };
  };
  return {
    api,
    apiIds: () => [...new Set(folder.names('').map((name) => name.replace(/\.json$/, '')))].filter(isApi).sort(),
    stageNames: (apiId) => stemsOf(isName(apiId) ? folder.names(apiId) : []).filter((name) => isStage(apiId, name)),
    stage: async (apiId, name) => (isStage(apiId, name) ? target(apiId, name).read() : undefined),
    editStage: (apiId, name, edit) =>
      inTurn(stagePath(apiId, name), () =>
        target(apiId, name, { apply: applying(edit) }).edit((stage) => [edit.decide(stage)]),
      ),
    createStage: async (apiId, name, stage) =>
      isName(apiId) && isName(name) && folder.create(stagePath(apiId, name), textOf(stage)),
    deleteStage: (apiId, name) =>
      inTurn(stagePath(apiId, name), async () => isStage(apiId, name) && folder.remove(stagePath(apiId, name))),
    remembered: (apiId) => remembered.get(apiId) ?? [],
    addDeployment: async (apiId, deployment) => {
      if (api(apiId)?.deployments === undefined) remembered.set(apiId, [...(remembered.get(apiId) ?? []), deployment]);
      else
        await inTurn(apiFile(apiId), () => folder.edit(apiFile(apiId), (value) => withDeployment(value, deployment)));
    },
  };
};
