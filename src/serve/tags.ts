/** The tags of stages, which have operations of their own. */
import type { Stage } from '../stage/stage.js';
import { type ApiRequest, apiOf, type Backend, type Operation, readInput, tagsInput } from './operation.js';
import { readStage } from './stages.js';
import type { Api } from './store.js';
import { badRequest, noStage, ok } from './wire.js';

type Tags = Readonly<Record<string, string>>;

const stageArn = /^arn:aws[\w-]*:apigateway:[\w-]*:\d*:\/restapis\/([^/]+)\/stages\/([^/]+)$/;

/** The stage that a request names by its ARN. */
const namedStage = ({ parameters }: ApiRequest, backend: Backend): { readonly api: Api; readonly name: string } => {
  const { resourceArn = '' } = parameters;
  const [, restApiId = '', name] = stageArn.exec(resourceArn) ?? [];
  if (name === undefined)
    throw badRequest(
      `stage serve has the tags of stages only: expected arn:aws:apigateway:REGION::/restapis/API/stages/STAGE, got ${resourceArn}`,
    );
  return { api: apiOf({ parameters: { restApiId } }, backend), name };
};

const editTags = async (request: ApiRequest, backend: Backend, change: (tags: Tags) => Tags) => {
  const { api, name } = namedStage(request, backend);
  const edited = await backend.store.editStage(api.id, name, ({ tags: before = {}, ...stage }: Stage) => {
    const tags = change(before);
    return Object.keys(tags).length === 0 ? stage : { ...stage, tags };
  });
  if (edited === undefined) throw noStage();
  return { status: 204 };
};

export const getTags: Operation = async (request, backend) => {
  const { api, name } = namedStage(request, backend);
  const { tags = {} } = await readStage(api, name, backend);
  return ok({ tags });
};

export const tagResource: Operation = (request, backend) => {
  const { tags = {} } = readInput(request.body, tagsInput);
  return editTags(request, backend, (before) => ({ ...before, ...tags }));
};

export const untagResource: Operation = (request, backend) => {
  const keys = request.query.getAll('tagKeys');
  return editTags(request, backend, (before) =>
    Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
  );
};
