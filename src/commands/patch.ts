import { type CommandOption, type EditCommand, optionsUnder } from './command.js';

const option = optionsUnder('Patch');

/** Options of `aws apigateway update-stage` that are accepted without effect, so that scripts can keep them. */
const taken = (argument: string | undefined, names: string): readonly CommandOption[] =>
  names.split(' ').map((name) => option(name, argument, 'Accepted from the AWS CLI', { isHidden: true }));

export const patch: EditCommand = {
  name: 'patch',
  also: ['update-stage'],
  summary: 'Apply patch operations as given: a drop-in for aws apigateway update-stage',
  usage: '[TARGET] --patch-operations ITEM...',
  example: 'stage patch prod.json --patch-operations op=replace,path=/description,value=live',
  does: 'edit',
  options: [
    option(
      'patch-operations',
      'ITEM...',
      'As for the AWS CLI: op=replace,path=/description,value=x, JSON, file://FILE, or - for standard input',
      { kind: 'items', isRequired: true },
    ),
    option(
      'query',
      'JMESPATH',
      'Print what this JMESPath expression finds in the stage, as the AWS CLI does; --output is then text, json or yaml',
    ),
    ...taken(undefined, 'no-cli-pager no-paginate no-verify-ssl no-sign-request cli-auto-prompt no-cli-auto-prompt'),
    ...taken('TEXT', 'cli-read-timeout cli-connect-timeout cli-binary-format color'),
  ],
  targets: 1,
  words: 'none',
  standsIn: true,
  // Operations are sent unchanged and in order, even if one changes nothing.
  plan: ({ operations }) => ({ calls: [operations], notices: [] }),
};
