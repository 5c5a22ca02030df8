import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/clients/**", "**/node_modules/**"],
    testTimeout: 20_000,
    // What one run finds out is no business of the next.
    env: { LLMBRIDGE_CACHE: "off" },
  },
});

export default config;
