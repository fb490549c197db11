/** Whether something else looks after a stage, and may undo an edit. */
import type { Notice } from '../../stage/plan.js';
import type { Stage } from '../../stage/stage.js';

const stackTag = 'aws:cloudformation:stack-name';

/** A notice for each tag that says who deploys the stage: CloudFormation's own, and those in `ownerTags`. */
export const ownerNotices = ({ tags = {} }: Stage, ownerTags: readonly string[] = []): readonly Notice[] =>
  [stackTag, ...ownerTags]
    .filter((tag, index, all) => Object.hasOwn(tags, tag) && all.indexOf(tag) === index)
    .map((tag) => ({
      code: 'owned',
      message:
        tag === stackTag
          ? `This stage belongs to the CloudFormation stack ${tags[tag]}, whose next deploy may undo this edit.`
          : `This stage belongs to ${tags[tag]} (tag ${tag}), whose next deploy may undo this edit.`,
    }));
