/** Finds out what deploys a stage. */
import type { Stage } from './stage.js';

/** The tag that CloudFormation adds to its resources. */
const stackTag = 'aws:cloudformation:stack-name';

/** Describes what deploys a stage, based on its tags. `ownerTags` are the user's own. */
export const ownersOf = ({ tags = {} }: Stage, ownerTags: readonly string[]): readonly string[] =>
  [...new Set([stackTag, ...ownerTags])]
    .filter((tag) => Object.hasOwn(tags, tag))
    .map((tag) => (tag === stackTag ? `the CloudFormation stack ${tags[tag]}` : `${tags[tag]} (tag ${tag})`));
