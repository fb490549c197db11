/** Decides which credentials sign the requests. The SDK loads them. */
import { failure } from '../../stage/problem.js';
import type { World } from '../../world.js';

export interface Profile {
  readonly name: string;
  /** Credentials in the environment, as in CI, override a profile from a configuration file. */
  readonly from: 'flag' | 'config';
}

/** Variables that show that the environment has credentials. */
const inEnvironment = [
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** As in the AWS CLI, keys in the environment override AWS_PROFILE. Without either, the SDK finds the credentials. */
export const credentialSource = (
  profile: Profile | undefined,
  env: World['env'],
): { readonly profile?: string; readonly keys?: Keys } => {
  if (profile && (profile.from === 'flag' || !inEnvironment.some((name) => env[name])))
    return { profile: profile.name };
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  if (!accessKeyId || !secretAccessKey) return {};
  return { keys: { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) } };
};

export const profileName = (profile: Profile | undefined, env: World['env']): string | undefined => {
  const source = credentialSource(profile, env);
  return source.keys ? undefined : (source.profile ?? (env['AWS_PROFILE'] || undefined));
};

/** A copied key may end in a line break, which is invisible and not allowed in a header. */
export const checkCredentials = ({ accessKeyId, secretAccessKey, sessionToken = '' }: Keys, region: string): void => {
  const values = { 'access key id': accessKeyId, 'secret access key': secretAccessKey, 'session token': sessionToken };
  const wrong = Object.entries({ ...values, region }).find(([, value]) => /[^\x20-\x7e]/.test(value));
  if (wrong === undefined) return;
  const held = /[\r\n]/.test(wrong[1]) ? 'a line break' : 'a character that a request cannot carry';
  throw failure('config', 'bad-credentials', `The ${wrong[0]} has ${held} in it. Set it again.`);
};
