/** Gates against moto_server's CloudWatch, with metrics and alarms created by boto3. */
import { alarm, ask, max, measuredStage } from '../canary/asking.js';
import { python, startMoto, stopMoto, testWithMoto } from './moto.js';

jest.setTimeout(120_000);

const minute = 60_000;
let url: string;
// moto drops data older than two weeks.
const from = Math.floor(Date.now() / minute) * minute - 10 * minute;
const at = { from, to: from + 2 * minute };

beforeAll(async () => {
  url = await startMoto();
  if (url !== '') await python(url, 'measure', String(from), '4');
});
afterAll(stopMoto);

testWithMoto('rates and averages match the data from boto3, for the canary and for production', async () => {
  const gates = ['5xx=5%', '5xx=3%', '5xx=+2pp', 'latency-average=200ms', 'latency-average=199ms'].map(max);
  expect(await ask(gates, { measured: measuredStage(url), at })).toMatchObject([
    { verdict: 'pass', value: 4, production: 1 },
    { verdict: 'fail', value: 4, production: 1 },
    { verdict: 'fail', message: "The canary's 5xx rate is 4%, above 3%, production + 2pp (production: 1%)." },
    { verdict: 'pass', value: 200, production: 200 },
    { verdict: 'fail', value: 200, production: 200 },
  ]);
});

testWithMoto('requests are counted, and another window has none', async () => {
  const measured = measuredStage(url);
  const few = await ask([max('5xx=5%')], { measured, at, plan: { minRequests: 201 } });
  expect(few).toMatchObject([
    { verdict: 'inconclusive', message: 'The canary had 200 requests, and --min-requests is 201.' },
  ]);
  const later = { from: at.to, to: at.to + minute };
  expect(await ask([max('5xx=5%')], { measured, at: later })).toMatchObject([{ verdict: 'inconclusive' }]);
});

testWithMoto('metric alarms report their state', async () => {
  expect(await ask(['fine', 'loud', 'new', 'none'].map(alarm), { measured: measuredStage(url) })).toMatchObject([
    { verdict: 'pass' },
    { verdict: 'fail', message: 'The alarm loud is in the state ALARM: The test says so.' },
    { verdict: 'inconclusive' },
    { verdict: 'inconclusive', message: 'There is no alarm called none in eu-west-1.' },
  ]);
});
