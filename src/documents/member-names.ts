/** Names of stage members in other documents. */

const cloudFormationNames: Readonly<Record<string, string>> = {
  accessLogSettings: 'AccessLogSetting',
  canarySettings: 'CanarySetting',
};

const terraformNames: Readonly<Record<string, string>> = { tracingEnabled: 'xray_tracing_enabled' };

/** The name in CloudFormation: PercentTraffic for `percentTraffic`. */
export const cloudFormationName = (member: string): string =>
  cloudFormationNames[member] ?? `${member.slice(0, 1).toUpperCase()}${member.slice(1)}`;

/** The name in Terraform's AWS provider: percent_traffic for `percentTraffic`. */
export const terraformName = (member: string): string =>
  terraformNames[member] ?? member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Whether a member is a map with user-chosen keys, which every document spells the same. */
export const isNamedByUsers = (member: string): boolean =>
  ['variables', 'stageVariableOverrides', 'tags'].includes(member);
