import { describe, expect, it } from "vitest";
import { scratchConfig } from "../plan/container-config.js";
import { containerConfigJson } from "./container-config-json.js";

describe("containerConfigJson", () => {
  it("leaves out what was never set", () => {
    expect(JSON.parse(JSON.stringify(containerConfigJson(scratchConfig("linux"))))).toEqual({
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      WorkingDir: "/",
    });
  });

  it("leaves out empty lists, as Go's encoders do", () => {
    const config = { ...scratchConfig("linux"), cmd: [], entrypoint: [] };
    expect(containerConfigJson(config)).toMatchObject({ Cmd: undefined, Entrypoint: undefined });
  });
});
