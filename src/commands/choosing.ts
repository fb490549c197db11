import type { Choice, MethodChoice } from '../stage/choice.js';
import { methodEntry, propertyNamed } from '../stage/place.js';
import type { Request } from './command.js';

const entries = (methods: MethodChoice): readonly Choice[] =>
  methods === 'all-entries'
    ? [{ property: propertyNamed('methodSettings') }]
    : methods.map((method) => ({ property: methodEntry, method }));

/** Whether a choice is for the methods that `--method` names, and names none itself. */
export const isForMethods = ({ property, method }: Choice): boolean =>
  property.group === 'methodSettings' && method === undefined;

/** What was chosen: `--method` without the flag of a setting stands for the whole entry. */
export const chosen = ({ choices, methods }: Pick<Request, 'choices' | 'methods'>): readonly Choice[] =>
  methods === undefined || choices.some(isForMethods) ? choices : [...choices, ...entries(methods)];
