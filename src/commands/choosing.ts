import type { Choice, MethodChoice } from '../stage/choice.js';
import { propertyNamed } from '../stage/place.js';
import type { Request } from './command.js';

const entries = (methods: MethodChoice): readonly Choice[] =>
  methods === 'all-entries'
    ? [{ property: propertyNamed('methodSettings') }]
    : methods.map((method) => ({ property: propertyNamed('methodSettings.{method}'), method }));

const isSetting = ({ property, method }: Choice): boolean =>
  property.group === 'methodSettings' && method === undefined;

/** What was chosen: `--method` without the flag of a setting stands for the whole entry. */
export const chosen = ({ choices, methods }: Pick<Request, 'choices' | 'methods'>): readonly Choice[] =>
  methods === undefined || choices.some(isSetting) ? choices : [...choices, ...entries(methods)];
