import { propertyNamed } from '../stage/place.js';
import type { Plan } from '../stage/plan.js';
import type { Deployment } from '../stage/stage.js';
import { listed } from '../text/printable.js';
import { type EditCommand, oneCall, optionsUnder, type PlanInput, refuse } from './command.js';

const described = ({ id, createdDate, description }: Deployment): string =>
  `${id}${createdDate === undefined ? '' : ` of ${createdDate}`}${description ? ` (${description})` : ''}`;

const refusePrevious = ({ stage, deployments = [] }: PlanInput): Plan => {
  const others = deployments.filter(({ id }) => id !== stage.deploymentId).map(described);
  const candidates =
    others.length === 0 ? 'stage deployments TARGET lists them.' : `Candidates, newest first: ${listed(others, 10)}.`;
  const message = `No journal says which deployment the stage served before. Name it: --to ID. ${candidates}`;
  return refuse('expectation', 'no-previous-deployment', message);
};

const refuseCanary = refuse(
  'expectation',
  'canary-running',
  'A canary is running. Abort it first with stage abort-canary, or promote it with stage promote-canary; or name the ' +
    'deployment: --to ID.',
);

const serving = (deploymentId: string): Plan =>
  oneCall([{ op: 'replace', path: propertyNamed('deploymentId').path, value: deploymentId }]);

export const rollback: EditCommand = {
  name: 'rollback',
  also: ['roll-back'],
  summary: 'Return a stage to an earlier deployment',
  usage: '[TARGET]',
  example: 'stage rollback a1b2c3d4e5/prod --to previous',
  does: 'edit',
  options: [
    optionsUnder('Rollback')(
      'to',
      'ID|previous',
      'The deployment to serve; previous: the previous deployment in the journal',
      { isRequired: true },
    ),
  ],
  targets: 1,
  words: 'none',
  looksBack: ({ to }) => to === 'previous',
  plan: (input) => {
    const { stage, options, served = [] } = input;
    const { to } = options;
    if (to !== 'previous') return serving(String(to));
    // A canary at 0 percent is what promote-canary and abort-canary leave.
    if (stage.canarySettings?.percentTraffic) return refuseCanary;
    const previous = served.find((id) => id !== stage.deploymentId);
    return previous === undefined ? refusePrevious(input) : serving(previous);
  },
};
