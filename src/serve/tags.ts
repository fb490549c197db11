/** The tags of stages, which have operations of their own. */
import type { Stage } from '../stage/stage.js';
import { type ApiRequest, apiOf, checkTags, type Operation, readInput, tagsInput } from './operation.js';
import { servedStage } from './stages.js';
import type { Api } from './store.js';
import { badRequest, noStage, ok } from './wire.js';

type Tags = Readonly<Record<string, string>>;

const stageArn = /^arn:aws[\w-]*:apigateway:[\w-]*:\d*:\/restapis\/([^/]+)\/stages\/([^/]+)$/;

/** The stage that a request names by its ARN. */
const namedStage = (request: ApiRequest): { readonly api: Api; readonly name: string } => {
  const { resourceArn = '' } = request.parameters;
  const [, restApiId = '', name] = stageArn.exec(resourceArn) ?? [];
  if (name === undefined)
    throw badRequest(
      `stage serve has the tags of stages only: expected arn:aws:apigateway:REGION::/restapis/API/stages/STAGE, got ${resourceArn}`,
    );
  return { api: apiOf({ ...request, parameters: { restApiId } }), name };
};

const editTags = async (request: ApiRequest, change: (tags: Tags) => Tags) => {
  const { api, name } = namedStage(request);
  const edited = await request.store.editStage(api.id, name, ({ tags: before = {}, ...stage }: Stage) => {
    const tags = change(before);
    return Object.keys(tags).length === 0 ? stage : { ...stage, tags };
  });
  if (edited === undefined) throw noStage();
  return { status: 204 };
};

export const getTags: Operation = async (request) => {
  const { api, name } = namedStage(request);
  const { tags = {} } = await servedStage(api, name, request);
  return ok({ tags });
};

export const tagResource: Operation = (request) => {
  const { tags = {} } = readInput(request.body, tagsInput);
  return editTags(request, (before) => checkTags({ ...before, ...tags }));
};

export const untagResource: Operation = (request) => {
  const keys = request.query.getAll('tagKeys');
  return editTags(request, (before) =>
    Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
  );
};
