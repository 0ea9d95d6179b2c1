import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes longest; all else takes seconds. */
const longFiles: readonly string[] = [
  "packages/executor/test/contract/rootless.test.ts",
  "packages/executor/test/contract/executors.test.ts",
  "packages/executor/test/contract/without-overlay.test.ts",
  "test/conformance-buildah.test.ts",
  "test/run-buildah.test.ts",
  "test/run-options.test.ts",
  "test/packed-packages.test.ts",
];

/** Begins long files first: one that is begun last is run alone, while the other cores wait. */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      longFiles.some((file) => moduleId.endsWith(`/${file}`));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
