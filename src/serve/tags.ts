/** Operations on the tags of stages. */
import type { Stage } from '../stage/stage.js';
import { type ApiRequest, checkTags, type Operation, readInput } from './operation.js';
import { badRequest } from './wire.js';

type Tags = Readonly<Record<string, string>>;

const stageArn = /^arn:aws[\w-]*:apigateway:[\w-]*:\d*:\/restapis\/([^/]+)\/stages\/([^/]+)$/;

/** The API and the name of the stage that a request names by its ARN. */
const namedStage = async (request: ApiRequest): Promise<readonly [apiId: string, name: string]> => {
  const [, restApiId = '', name] = stageArn.exec(request.resourceArn) ?? [];
  if (name !== undefined) return [(await request.store.api(restApiId)).id, name];
  throw badRequest(
    `stage serve has the tags of stages only: expected arn:aws:apigateway:REGION::/restapis/API/stages/STAGE, got ${request.resourceArn}`,
  );
};

const editTags = async (request: ApiRequest, change: (tags: Tags) => Tags): Promise<undefined> => {
  await request.store.editStage(...(await namedStage(request)), ({ tags: before = {}, ...stage }: Stage) => {
    const tags = change(before);
    return Object.keys(tags).length === 0 ? stage : { ...stage, tags };
  });
};

export const getTags: Operation = async (request) => {
  const { tags = {} } = await request.store.stage(...(await namedStage(request)));
  return { tags };
};

export const tagResource: Operation = async (request) => {
  const { tags = {} } = readInput(request);
  return editTags(request, (before) => checkTags({ ...before, ...tags }));
};

export const untagResource: Operation = async (request) => {
  const keys = request.query.getAll('tagKeys');
  return editTags(request, (before) =>
    Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
  );
};
