/** What is known of a stage beside itself. */
import type { Stage } from './stage.js';

/** What is known of a deployment besides its id. */
export interface DeploymentFacts {
  readonly id: string;
  readonly description?: string;
  readonly createdDate?: string | number;
}

/** CloudFormation tags what it makes. */
const stackTag = 'aws:cloudformation:stack-name';

/** What deploys a stage, in words, by its tags; `ownerTags` are the user's own. */
export const ownersOf = ({ tags = {} }: Stage, ownerTags: readonly string[]): readonly string[] =>
  [...new Set([stackTag, ...ownerTags])]
    .filter((tag) => Object.hasOwn(tags, tag))
    .map((tag) => (tag === stackTag ? `the CloudFormation stack ${tags[tag]}` : `${tags[tag]} (tag ${tag})`));
