/** moto_server for the tests of a file, and Python to prepare it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { testWith } from '../tools.js';
import { cleanEnvironment, keysOfTest, type Started, start } from './processes.js';

const environment = { ...cleanEnvironment, ...keysOfTest, PYTHONUNBUFFERED: '1' };

const works = (command: string, ...words: readonly string[]): boolean =>
  spawnSync(command, words, { env: environment as NodeJS.ProcessEnv }).status === 0;

const isThere = works('moto_server', '--help') && works('python3', '-c', 'import boto3');
const lack = "moto_server or boto3 is not to be found (pip install 'moto[server]' boto3)";
export const testWithMoto = testWith('moto_server', isThere, 'stage against moto_server', lack);

let moto: Started | undefined;

/** Its URL; empty if moto is not installed. */
export const startMoto = async (): Promise<string> => {
  if (!isThere) return '';
  moto = start(['moto_server', '-H', '127.0.0.1', '-p', '0'], environment);
  const [, url = ''] = await moto.told(/Running on (http:\/\/127\.0\.0\.1:\d+)/);
  return url;
};

export const stopMoto = async (): Promise<void> => {
  moto?.child.kill();
  await moto?.ended;
};

/** Runs moto.py with these arguments, and parses its output. */
export const python = async <T>(url: string, ...words: readonly string[]): Promise<T> => {
  const { code, stdout, stderr } = await start(['python3', join(__dirname, 'moto.py'), url, ...words], environment)
    .ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};
