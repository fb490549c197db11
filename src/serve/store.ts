/** REST APIs and their stages in a folder: `ID/STAGE.json`, and optionally `ID.json` and `account.json`. */
import { failure, type StageError } from '../stage/problem.js';
import { isObject, type JsonObject, type Stage, stageNamePattern } from '../stage/stage.js';
import { newDocument } from '../targets/document.js';
import { type FileOptions, stageFile } from '../targets/file.js';
import { openFolder } from '../targets/folder.js';
import type { LockOptions } from '../targets/lock.js';
import { account, noStage, notFound } from './wire.js';

/** A deployment or a resource, as the file has it. */
export interface Item extends JsonObject {
  readonly id: string;
}

/** A REST API, as its file has it. Missing members are not checked. */
export interface Api extends Item {
  readonly name: string;
  readonly deployments?: readonly Item[];
  readonly resources?: readonly Item[];
}

export type Store = ReturnType<typeof openStore>;

const namePattern = new RegExp(`^${stageNamePattern}$`);

/** Whether an API or a stage may have this name. Only such names become part of a path. */
export const isName = (text: string): boolean => namePattern.test(text);

const accountFile = 'account.json';
const apiFile = (id: string): string => `${id}.json`;
const stagePath = (apiId: string, name: string): string => `${apiId}/${name}.json`;

const misfit = (file: string, sentence: string): StageError => failure('input', 'misfit', `${file}: ${sentence}`);

const isItem = (value: unknown): value is Item => isObject(value) && typeof value['id'] === 'string';

const apiIn = (id: string, value: unknown): Api => {
  const file = apiFile(id);
  if (!isObject(value)) throw misfit(file, 'expected an object, { id, name, deployments, resources }.');
  if ('stageName' in value) throw misfit(file, 'this is a stage; put it in the folder of its API: API/STAGE.json.');
  for (const member of ['deployments', 'resources']) {
    const items = value[member] ?? [];
    if (!Array.isArray(items) || !items.every(isItem))
      throw misfit(file, `${member}: expected a list of objects, each with an id.`);
  }
  return { ...value, id, name: typeof value['name'] === 'string' ? value['name'] : id };
};

/** The answer of GetAccount. */
type Account = JsonObject & { readonly cloudwatchRoleArn?: string | null };

const isAccount = (value: unknown): value is Account =>
  isObject(value) && (typeof value['cloudwatchRoleArn'] === 'string' || (value['cloudwatchRoleArn'] ?? null) === null);

/** Opens the store in a folder. `log` gets problems that no answer can report. Throws StageError('file') if missing. */
export const openStore = (path: string, options: LockOptions, log: (line: string) => void) => {
  const folder = openFolder(path, options);
  const world = { ...options.world, cwd: folder.root };
  /** Deployments that no file lists, by API. */
  const remembered = new Map<string, readonly Item[]>();
  let last: Promise<unknown> = Promise.resolve();
  /** Queues the requests of this process, so that each gets its turn. File locks are for other processes. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done;
    return done;
  };
  const hasApiFile = (id: string) => apiFile(id) !== accountFile && folder.kind(apiFile(id)) === 'file';
  const isApi = (id: string) => isName(id) && (hasApiFile(id) || folder.kind(id) === 'folder');
  const isStage = (apiId: string, name: string) =>
    isName(apiId) && isName(name) && folder.kind(stagePath(apiId, name)) === 'file';
  const api = async (id: string): Promise<Api> => {
    if (!isApi(id)) throw notFound(`Invalid API identifier specified ${account}:${id}`);
    return hasApiFile(id) ? apiIn(id, await folder.read(apiFile(id))) : { id, name: id };
  };
  const target = (apiId: string, name: string, more: Pick<FileOptions, 'apply'> = {}) => {
    if (!isStage(apiId, name)) throw noStage();
    return stageFile(stagePath(apiId, name), { ...options, world, ...more });
  };
  /** The names of APIs in the folder, or of stages in the folder of an API. */
  const stems = (inner: string) => [...new Set(folder.names(inner).map((name) => name.replace(/\.json$/, '')))];
  const apiIds = () => stems('').filter(isApi).sort();
  const stageNames = (apiId: string) => stems(apiId).filter((name) => isStage(apiId, name));
  /** The files that can be read. In a list, a broken file is logged and skipped. */
  const readAll = async <T>(names: readonly string[], read: (name: string) => Promise<T>): Promise<readonly T[]> => {
    const values = names.map((name) =>
      read(name).catch((error: Error) => {
        log(error.message);
        return undefined;
      }),
    );
    return (await Promise.all(values)).flatMap((value) => value ?? []);
  };
  // If there is no such API or stage, each of these throws API Gateway's error.
  return {
    api,
    isStage,
    /** Undefined if there is no `account.json`. */
    account: async (): Promise<Account | undefined> => {
      if (folder.kind(accountFile) !== 'file') return undefined;
      const value = await folder.read(accountFile);
      if (isAccount(value)) return value;
      throw misfit(accountFile, 'expected what get-account prints, such as { "cloudwatchRoleArn": "arn:aws:iam::…" }.');
    },
    stage: async (apiId: string, name: string) => target(apiId, name).read(),
    apis: () => readAll(apiIds(), api),
    stages: (apiId: string) =>
      readAll(stageNames(apiId), async (name) => ({ name, stage: await target(apiId, name).read() })),
    /** If `change` throws, rejects with the same error and writes nothing. */
    editStage: (apiId: string, name: string, change: (stage: Stage) => Stage) =>
      inTurn(async () => target(apiId, name, { apply: change }).edit(() => [])),
    /** False if a stage with this name exists. */
    createStage: async (apiId: string, name: string, stage: Stage) =>
      folder.create(stagePath(apiId, name), await newDocument(stage, stagePath(apiId, name))),
    deleteStage: (apiId: string, name: string) =>
      inTurn(async () => {
        if (!(isStage(apiId, name) && (await folder.remove(stagePath(apiId, name))))) throw noStage();
      }),
    remembered: (apiId: string) => remembered.get(apiId) ?? [],
    /** Changes the deployments in the API's file or, if it lists none, the remembered deployments. */
    editDeployments: (apiId: string, change: (items: readonly Item[]) => readonly Item[]) =>
      inTurn(async () => {
        if ((await api(apiId)).deployments === undefined) remembered.set(apiId, change(remembered.get(apiId) ?? []));
        else
          await folder.edit(apiFile(apiId), (value) => {
            const { deployments = [] } = apiIn(apiId, value);
            return { ...(value as JsonObject), deployments: change(deployments) };
          });
      }),
  };
};
