import { describe, expect, it } from "vitest";
import { proxyFor } from "./proxy-choice.js";

const PROXY = "http://proxy.example:3128";

describe("proxyFor", () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ["https://a.example", { HTTPS_PROXY: PROXY }, `${PROXY}/`],
    ["https://a.example", { https_proxy: PROXY }, `${PROXY}/`],
    ["https://a.example", { HTTPS_PROXY: "", https_proxy: PROXY }, `${PROXY}/`],
    ["https://a.example", { HTTPS_PROXY: "http://upper", https_proxy: PROXY }, "http://upper/"],
    ["https://a.example", { HTTPS_PROXY: "proxy.example:3128" }, `${PROXY}/`],
    ["https://a.example", { HTTP_PROXY: PROXY }, undefined],
    ["http://a.example", { HTTP_PROXY: PROXY }, `${PROXY}/`],
    ["http://a.example", { HTTPS_PROXY: PROXY }, undefined],
    ["https://a.example", {}, undefined],
    ["https://localhost:5000", { HTTPS_PROXY: PROXY }, undefined],
    ["https://127.8.9.1:5000", { HTTPS_PROXY: PROXY }, undefined],
    ["https://[::1]:5000", { HTTPS_PROXY: PROXY }, undefined],
  ])("for %s in %j gives %s", (url, env, proxy) => {
    expect(proxyFor(new URL(url), env)?.href).toBe(proxy);
  });

  it.each<[string, string, "proxy" | "direct"]>([
    ["https://a.example", "a.example", "direct"],
    ["https://b.a.example", "a.example", "direct"],
    ["https://ba.example", "a.example", "proxy"],
    ["https://a.example", ".a.example", "proxy"],
    ["https://b.a.example", ".a.example", "direct"],
    ["https://b.a.example", "*.a.example", "direct"],
    ["https://A.Example", "a.EXAMPLE", "direct"],
    ["https://a.example", "b.example, a.example", "direct"],
    ["https://a.example", "*", "direct"],
    ["https://a.example:5000", "a.example:5000", "direct"],
    ["https://a.example:5001", "a.example:5000", "proxy"],
    ["https://a.example", "a.example:443", "direct"],
    ["http://a.example", "a.example:443", "proxy"],
    ["https://10.1.2.3", "10.0.0.0/8", "direct"],
    ["https://11.1.2.3", "10.0.0.0/8", "proxy"],
    ["https://10.1.2.3", "10.1.2.3", "direct"],
    ["https://10.1.2.3", "2.3", "proxy"],
    ["https://[fd00::7]:5000", "fd00::/8", "direct"],
    ["https://[fd00::7]:5000", "fd00::7", "direct"],
    ["https://[fd00::7]:5000", "[fd00::7]:5000", "direct"],
    ["https://10.1.2.3", "10.0.0.0/99", "proxy"],
    ["https://10.1.2.3", "fd00::/8", "proxy"],
    ["https://a.example", "", "proxy"],
    ["https://a.example", ",, ,", "proxy"],
  ])("reaches %s with NO_PROXY=%s by %s", (url, exceptions, way) => {
    const env = { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY: exceptions };
    expect(proxyFor(new URL(url), env) === undefined ? "direct" : "proxy").toBe(way);
  });

  it("differs: SOCKS proxies are refused", () => {
    expect(() =>
      proxyFor(new URL("https://a.example"), { HTTPS_PROXY: "socks5://proxy.example" }),
    ).toThrowError(expect.objectContaining({ code: "REGISTRY_SETTINGS_INVALID" }));
  });

  it.each(["ftp://proxy.example", "http://", "not a url", "file:///etc/passwd"])(
    "refuses %s, without repeating it",
    (text) => {
      const secret = text.replace("://", "://user:secret@");
      expect(() => proxyFor(new URL("https://a.example"), { HTTPS_PROXY: secret })).toThrowError(
        expect.objectContaining({
          code: "REGISTRY_SETTINGS_INVALID",
          message: "HTTPS_PROXY is not the address of a proxy",
        }),
      );
    },
  );
});
