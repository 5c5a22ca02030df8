/**
 * The two ways to say how much a model may think, and the table between them. The figures are the ones in common use
 * among gateways; `max` means the model's own maximum, which the table cannot know.
 */
const budgets = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
} as const;

/** Efforts, least first. */
export const efforts: readonly string[] = Object.keys(budgets);

/** Tokens for an effort; `auto` is -1; nothing for an unknown one. */
export function budgetOf(effort: string): number | undefined {
  if (effort === "auto") return -1;
  return Object.hasOwn(budgets, effort) ? budgets[effort as keyof typeof budgets] : undefined;
}

/** The effort that a budget stands for: -1 is `auto`, 0 `none`. */
export function effortOf(budget: number): string | undefined {
  if (Number.isNaN(budget)) return undefined;
  if (budget < 0) return "auto";
  if (budget === 0) return "none";
  return efforts.find((effort) => budget <= (budgetOf(effort) ?? 0)) ?? "xhigh";
}
