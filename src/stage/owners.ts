/** What deploys a stage. */
import type { Stage } from './stage.js';

/** CloudFormation tags what it makes. */
const stackTag = 'aws:cloudformation:stack-name';

/** What deploys a stage, in words, by its tags; `ownerTags` are the user's own. */
export const ownersOf = ({ tags = {} }: Stage, ownerTags: readonly string[]): readonly string[] =>
  [...new Set([stackTag, ...ownerTags])]
    .filter((tag) => Object.hasOwn(tags, tag))
    .map((tag) => (tag === stackTag ? `the CloudFormation stack ${tags[tag]}` : `${tags[tag]} (tag ${tag})`));
