import { getResources, getRestApi, getRestApis } from './apis.js';
import { createDeployment, getDeployment, getDeployments } from './deployments.js';
import type { Operation } from './operation.js';
import { createStage, deleteStage, getStage, getStages, updateStage } from './stages.js';

/** The operations that are served, by API Gateway's names. What is not here is refused by its name. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['GetRestApis', getRestApis],
  ['GetRestApi', getRestApi],
  ['GetResources', getResources],
  ['GetDeployments', getDeployments],
  ['GetDeployment', getDeployment],
  ['CreateDeployment', createDeployment],
  ['GetStages', getStages],
  ['GetStage', getStage],
  ['CreateStage', createStage],
  ['DeleteStage', deleteStage],
  ['UpdateStage', updateStage],
]);
