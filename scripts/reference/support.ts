/** Whom the contract names for questions. */
export const SUPPORT = 'support@cloudtolocalllm.online'
