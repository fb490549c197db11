/** What other documents call the members of a stage. */

const cloudFormationNames: Readonly<Record<string, string>> = {
  accessLogSettings: 'AccessLogSetting',
  canarySettings: 'CanarySetting',
};

const terraformNames: Readonly<Record<string, string>> = { tracingEnabled: 'xray_tracing_enabled' };

/** What CloudFormation calls a member: `percentTraffic` is PercentTraffic. */
export const cloudFormationName = (member: string): string =>
  cloudFormationNames[member] ?? `${member.slice(0, 1).toUpperCase()}${member.slice(1)}`;

/** What Terraform's AWS provider calls a member: `percentTraffic` is percent_traffic. */
export const terraformName = (member: string): string =>
  terraformNames[member] ?? member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Whether users choose the keys of a map, so that every document spells them the same. */
export const isNamedByUsers = (member: string): boolean =>
  ['variables', 'stageVariableOverrides', 'tags'].includes(member);
