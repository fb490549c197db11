/** REST APIs and their stages in a folder: `ID/STAGE.json`, and where they exist `ID.json` and `account.json`. */
import { failure, type StageError } from '../stage/problem.js';
import { isObject, type JsonObject, type Stage, stageNamePattern, stageShape } from '../stage/stage.js';
import { type FileOptions, stageFile } from '../targets/file.js';
import { type FolderOptions, openFolder } from '../targets/folder.js';

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

/** What GetAccount answers. */
export interface Account extends JsonObject {
  readonly cloudwatchRoleArn?: string;
}

type ChangeItems = (items: readonly Item[]) => readonly Item[];

export interface Store {
  /** Undefined where there is no `account.json`. */
  account(): Account | undefined;
  apiIds(): readonly string[];
  /** Undefined where there is no such API. */
  api(id: string): Api | undefined;
  stageNames(apiId: string): readonly string[];
  /** Undefined where there is no such stage. */
  stage(apiId: string, name: string): Promise<Stage | undefined>;
  /** Undefined where there is no such stage. What `change` throws is thrown, and then nothing was written. */
  editStage(
    apiId: string,
    name: string,
    change: (stage: Stage) => Stage,
  ): Promise<{ readonly before: Stage; readonly after: Stage } | undefined>;
  /** False where there is a stage of this name. */
  createStage(apiId: string, name: string, stage: Stage): Promise<boolean>;
  /** False where there was no such stage. */
  deleteStage(apiId: string, name: string): Promise<boolean>;
  /** Changes the deployments in the API's file; where it lists none, those that are remembered. */
  editDeployments(apiId: string, change: ChangeItems): Promise<void>;
  /** Deployments that are only remembered. */
  remembered(apiId: string): readonly Item[];
}

const namePattern = new RegExp(`^${stageNamePattern}$`);

/** Whether an API or a stage may have this name here. Nothing else ever becomes part of a path. */
export const isName = (text: string): boolean => namePattern.test(text);

const accountFile = 'account.json';
const apiFile = (id: string): string => `${id}.json`;
const stagePath = (apiId: string, name: string): string => `${apiId}/${name}.json`;

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
  if ('stageName' in value) throw misfit(file, 'this is a stage; put it in the folder of its API: API/STAGE.json.');
  const { id: _, name, deployments, resources, ...others } = value;
  return {
    id,
    name: typeof name === 'string' ? name : id,
    ...itemsIn({ deployments }, 'deployments', file),
    ...itemsIn({ resources }, 'resources', file),
    others,
  };
};

const isAccount = (value: unknown): value is Account =>
  isObject(value) && ['string', 'undefined'].includes(typeof value['cloudwatchRoleArn']);

const accountIn = (value: unknown): Account => {
  if (isAccount(value)) return value;
  throw misfit(accountFile, 'expected what get-account prints, an object such as { "cloudwatchRoleArn": "arn:…" }.');
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

/** Does the works of one key one after another, in the order in which they were asked for. */
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
  // The lock of a file is for other processes. Our own requests wait in line, so that each gets its turn.
  const inTurn = newQueue();
  const remembered = new Map<string, readonly Item[]>();
  const { world } = options;
  const within = { pid: world.pid, cwd: folder.root, signal: world.signal, now: world.now, random: world.random };
  const target = (apiId: string, name: string, more: Pick<FileOptions, 'apply'> = {}) =>
    stageFile(stagePath(apiId, name), { ...options, world: within, ...more });
  const hasApiFile = (id: string): boolean => apiFile(id) !== accountFile && folder.kind(apiFile(id)) === 'file';
  const isApi = (id: string): boolean => isName(id) && (hasApiFile(id) || folder.kind(id) === 'folder');
  const isStage = (apiId: string, name: string): boolean =>
    isName(apiId) && isName(name) && folder.kind(stagePath(apiId, name)) === 'file';
  const api = (id: string): Api | undefined => {
    if (!isApi(id)) return undefined;
    return hasApiFile(id) ? apiIn(id, folder.read(apiFile(id))) : { id, name: id, others: {} };
  };
  const stems = (inner: string): readonly string[] => folder.names(inner).map((name) => name.replace(/\.json$/, ''));
  return {
    account: () => (folder.kind(accountFile) === 'file' ? accountIn(folder.read(accountFile)) : undefined),
    api,
    apiIds: () => [...new Set(stems(''))].filter(isApi).sort(),
    stageNames: (apiId) => (isName(apiId) ? [...new Set(stems(apiId))].filter((name) => isStage(apiId, name)) : []),
    stage: async (apiId, name) => (isStage(apiId, name) ? target(apiId, name).read() : undefined),
    editStage: (apiId, name, change) =>
      inTurn(stagePath(apiId, name), async () =>
        isStage(apiId, name) ? target(apiId, name, { apply: change }).edit(() => []) : undefined,
      ),
    createStage: async (apiId, name, stage) =>
      isName(apiId) && isName(name) && folder.create(stagePath(apiId, name), textOf(stage)),
    deleteStage: (apiId, name) =>
      inTurn(stagePath(apiId, name), async () => isStage(apiId, name) && folder.remove(stagePath(apiId, name))),
    remembered: (apiId) => remembered.get(apiId) ?? [],
    editDeployments: async (apiId, change) => {
      if (api(apiId)?.deployments === undefined) remembered.set(apiId, change(remembered.get(apiId) ?? []));
      else await inTurn(apiFile(apiId), () => folder.edit(apiFile(apiId), (value) => withDeployments(value, change)));
    },
  };
};
