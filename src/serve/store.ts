/** REST APIs and their stages in a folder: `ID/STAGE.json`, and where they exist `ID.json` and `account.json`. */
import { failure, StageError } from '../stage/problem.js';
import { isObject, type JsonObject, type Stage, stageNamePattern, stageShape } from '../stage/stage.js';
import { type FileOptions, stageFile } from '../targets/file.js';
import { openFolder } from '../targets/folder.js';
import type { LockOptions } from '../targets/lock.js';

/** A REST API as its file has it. What it leaves out is not checked. */
export interface Api extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly deployments?: readonly Item[];
  readonly resources?: readonly Item[];
}

/** A deployment or a resource as it was written. */
export interface Item extends JsonObject {
  readonly id: string;
}

type Log = (line: string) => void;

type ChangeItems = (items: readonly Item[]) => readonly Item[];

export type Store = ReturnType<typeof openStore>;

const namePattern = new RegExp(`^${stageNamePattern}$`);

/** Whether an API or a stage may have this name here. Nothing else ever becomes part of a path. */
export const isName = (text: string): boolean => namePattern.test(text);

const accountFile = 'account.json';
const apiFile = (id: string): string => `${id}.json`;
const stagePath = (apiId: string, name: string): string => `${apiId}/${name}.json`;

const misfit = (file: string, sentence: string): StageError => failure('input', 'misfit', `${file}: ${sentence}`);

const isItem = (value: unknown): value is Item => isObject(value) && typeof value['id'] === 'string';

const isItems = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.every(isItem));

const apiIn = (id: string, value: unknown): Api => {
  const file = apiFile(id);
  if (!isObject(value)) throw misfit(file, 'expected an object, { id, name, deployments, resources }.');
  if ('stageName' in value) throw misfit(file, 'this is a stage; put it in the folder of its API: API/STAGE.json.');
  for (const member of ['deployments', 'resources'])
    if (!isItems(value[member])) throw misfit(file, `${member}: expected a list of objects, each with an id.`);
  return { ...value, id, name: typeof value['name'] === 'string' ? value['name'] : id };
};

/** What GetAccount answers. */
type Account = JsonObject & { readonly cloudwatchRoleArn?: string };

const accountIn = (value: unknown): Account => {
  const { cloudwatchRoleArn: role, ...others } = isObject(value) ? value : { cloudwatchRoleArn: value };
  if (role === undefined || role === null) return others;
  if (typeof role === 'string') return { ...others, cloudwatchRoleArn: role };
  throw misfit(accountFile, 'expected what get-account prints, such as { "cloudwatchRoleArn": "arn:aws:iam::…" }.');
};

const withDeployments = (value: unknown, change: ChangeItems): unknown =>
  isObject(value) && Array.isArray(value['deployments'])
    ? { ...value, deployments: change(value['deployments']) }
    : value;

/** The text of a new stage file, its members in AWS's order. */
const textOf = (stage: Stage): string => {
  const order = Object.fromEntries(Object.keys(stageShape).map((member) => [member, undefined]));
  return `${JSON.stringify({ ...order, ...stage }, null, 4)}\n`;
};

/** What could be read: in a list, a broken file hides no other, and is logged. */
const readAll = async <T>(names: readonly string[], read: (name: string) => Promise<T | undefined>, log: Log) => {
  const values = names.map((name) =>
    read(name).catch((error) => {
      if (!(error instanceof StageError) || !(error.kind === 'input' || error.kind === 'file')) throw error;
      log(error.message);
      return undefined;
    }),
  );
  return (await Promise.all(values)).flatMap((value) => value ?? []);
};

/** Does the works of one key one after another, in the order in which they were asked for. */
const newQueues = () => {
  const last = new Map<string, Promise<unknown>>();
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const done = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, done);
    return done;
  };
};

/** The store in a folder. Throws StageError('file') where there is no such folder. */
export const openStore = (path: string, options: LockOptions) => {
  const folder = openFolder(path, options);
  // The lock of a file is for other processes. Our own requests wait in line, so that each gets its turn.
  const inTurn = newQueues();
  const remembered = new Map<string, readonly Item[]>();
  const { pid, signal, now, random } = options.world;
  const world = { pid, cwd: folder.root, signal, now, random };
  const target = (apiId: string, name: string, more: Pick<FileOptions, 'apply'> = {}) =>
    stageFile(stagePath(apiId, name), { ...options, world, ...more });
  const hasApiFile = (id: string) => apiFile(id) !== accountFile && folder.kind(apiFile(id)) === 'file';
  const isApi = (id: string) => isName(id) && (hasApiFile(id) || folder.kind(id) === 'folder');
  const isStage = (apiId: string, name: string) =>
    isName(apiId) && isName(name) && folder.kind(stagePath(apiId, name)) === 'file';
  /** The names of APIs in the folder, or of stages in the folder of an API. */
  const stems = (inner: string) => [...new Set(folder.names(inner).map((name) => name.replace(/\.json$/, '')))];
  /** Undefined where there is no such API. */
  const api = (id: string): Api | undefined => {
    if (!isApi(id)) return undefined;
    return hasApiFile(id) ? apiIn(id, folder.read(apiFile(id))) : { id, name: id };
  };
  /** Undefined where there is no `account.json`. */
  const account = () => (folder.kind(accountFile) === 'file' ? accountIn(folder.read(accountFile)) : undefined);
  /** Undefined where there is no such stage. */
  const stage = async (apiId: string, name: string) => (isStage(apiId, name) ? target(apiId, name).read() : undefined);
  const apiIds = () => stems('').filter(isApi).sort();
  const stageNames = (apiId: string) => stems(apiId).filter((name) => isStage(apiId, name));
  return {
    api,
    account,
    stage,
    /** All stages, as `API/STAGE`. */
    targets: () => apiIds().flatMap((id) => stageNames(id).map((name) => `${id}/${name}`)),
    apis: (log: Log) => readAll(apiIds(), async (id) => api(id), log),
    stages: (apiId: string, log: Log) =>
      readAll(
        stageNames(apiId),
        async (name) => {
          const found = await stage(apiId, name);
          return found && { name, stage: found };
        },
        log,
      ),
    /** Undefined where there is no such stage. What `change` throws is thrown, and then nothing was written. */
    editStage: async (apiId: string, name: string, change: (stage: Stage) => Stage) =>
      isStage(apiId, name)
        ? inTurn(stagePath(apiId, name), () => target(apiId, name, { apply: change }).edit(() => []))
        : undefined,
    /** False where there is a stage of this name. */
    createStage: (apiId: string, name: string, stage: Stage) => folder.create(stagePath(apiId, name), textOf(stage)),
    /** False where there was no such stage. */
    deleteStage: async (apiId: string, name: string) =>
      isStage(apiId, name) && inTurn(stagePath(apiId, name), () => folder.remove(stagePath(apiId, name))),
    /** Deployments that no file lists. */
    remembered: (apiId: string) => remembered.get(apiId) ?? [],
    /** Changes the deployments in the API's file; where it lists none, those that are remembered. */
    editDeployments: async (apiId: string, change: ChangeItems) => {
      if (api(apiId)?.deployments === undefined) remembered.set(apiId, change(remembered.get(apiId) ?? []));
      else await inTurn(apiFile(apiId), () => folder.edit(apiFile(apiId), (value) => withDeployments(value, change)));
    },
  };
};
