/** The p-th percentile (0…1) of numbers in any order. */
export function percentile(values, p) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
}

export const median = (values) => percentile(values, 0.5);
export const round = (value, digits = 2) => Number(value.toFixed(digits));

export const seconds = (ms) => new Promise((resolve) => setTimeout(resolve, ms * 1000));

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
