// Only what needs types or the module graph; the rest is Biome's.
import { importX } from "eslint-plugin-import-x";
import node from "eslint-plugin-n";
import { parser, plugin } from "typescript-eslint";

export default [
  { ignores: ["**/dist/**", "**/node_modules/**", "**/fixtures/**", "reports/**"] },
  {
    files: [
      "packages/*/src/**/*.ts",
      "packages/*/test/**/*.ts",
      "test/**/*.ts",
      "bench/**/*.ts",
      "examples/*/*.ts",
    ],
    languageOptions: {
      parser,
      parserOptions: { project: "./tsconfig.test.json", tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { "@typescript-eslint": plugin, "import-x": importX, n: node },
    settings: {
      "import-x/extensions": [".ts"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-promise-reject-errors": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unnecessary-condition": "error",
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
    },
  },
  {
    files: ["packages/*/src/**/*.ts"],
    ignores: ["**/*.test.ts", "packages/dockerfile/**"],
    rules: {
      "n/no-unsupported-features/node-builtins": ["error", { version: "^20.19.0 || >=22.12.0" }],
    },
  },
];
