/** Whose credentials sign the requests, and for which region. The order is ours; where they come from is the SDK's. */
import { failure } from '../../stage/problem.js';
import type { World } from '../../world.js';

type Environment = World['env'];

/** A profile of AWS's shared configuration, and who named it. */
export interface Profile {
  readonly name: string;
  /** One that a configuration names gives way to credentials in the environment, as CI has them. */
  readonly from: 'flag' | 'config';
}

/** `chain` is all that the SDK finds: a token file, AWS_PROFILE, the default profile, the container, the machine. */
export interface CredentialSource {
  readonly use: 'keys' | 'profile' | 'chain';
  /** Of the profile. */
  readonly name?: string;
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

/** What tells that the environment has credentials; each variable of a row is needed. */
const inEnvironment: readonly (readonly string[])[] = [
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'],
  ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
  ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],
];

const variablesIn = (env: Environment): readonly string[] | undefined =>
  inEnvironment.find((names) => names.every((name) => Boolean(env[name])));

const keysIn = ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
}: Environment): CredentialSource | undefined =>
  accessKeyId && secretAccessKey
    ? { use: 'keys', keys: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } }
    : undefined;

/** Keys of the environment count before AWS_PROFILE, as they do for the AWS CLI; the SDK would print a warning. */
export const credentialSource = (profile: Profile | undefined, env: Environment): CredentialSource => {
  const isProfile = profile !== undefined && (profile.from === 'flag' || variablesIn(env) === undefined);
  return isProfile ? { use: 'profile', name: profile.name } : (keysIn(env) ?? { use: 'chain' });
};

/** The profile that credentials come from, where one is named. */
export const profileName = (profile: Profile | undefined, env: Environment): string | undefined => {
  const source = credentialSource(profile, env);
  if (source.use === 'profile') return source.name;
  return source.use === 'chain' ? env['AWS_PROFILE'] || undefined : undefined;
};

/** Where the credentials come from, with the values that are not secret. */
export const describeSource = (profile: Profile | undefined, roleArn: string | undefined, env: Environment): string => {
  const name = profileName(profile, env);
  const variables = variablesIn(env)?.map((variable) =>
    /_KEY/.test(variable) ? variable : `${variable}=${env[variable]}`,
  );
  const base = name === undefined ? (variables?.join(' and ') ?? 'the default profile') : `profile ${name}`;
  return roleArn === undefined ? base : `--role-arn ${roleArn}, assumed with ${base}`;
};

/** Undefined where only the profile can tell. The SDK knows no AWS_DEFAULT_REGION. */
export const regionOf = (region: string | undefined, env: Environment): string | undefined =>
  region || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined;

/** A line break at the end of a copied key is not seen, and cannot be in a header. */
export const checkCredentials = (
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string },
  region: string,
): void => {
  const { accessKeyId, secretAccessKey, sessionToken = '' } = credentials;
  const values = {
    'access key id': accessKeyId,
    'secret access key': secretAccessKey,
    'session token': sessionToken,
    region,
  };
  const [wrong] = Object.entries(values).filter(([, value]) => /[^\x20-\x7e]/.test(value));
  if (wrong === undefined) return;
  const held = /[\r\n]/.test(wrong[1]) ? 'a line break' : 'a character that a request cannot carry';
  throw failure('config', 'bad-credentials', `The ${wrong[0]} has ${held} in it. Set it again without that.`);
};
