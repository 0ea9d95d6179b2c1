import { describe, expect, it } from "vitest";
import { detectSyntax } from "../index.js";

const image = "docker/dockerfile:1";

describe("detectSyntax", () => {
  it.each([
    [`# syntax=${image}`, image, 1],
    [`#syntax = ${image} \r\nFROM a`, image, 1],
    [`\uFEFF# syntax=${image}\n`, image, 1],
    [`# check=skip=all\n# Syntax=${image}\n`, image, 2],
    [`#!/usr/bin/env x\n# syntax=${image}\n`, image, 2],
    [`// syntax=${image}\nint main() {}`, image, 1],
    [`#!/x\n//syntax=${image}\n`, image, 2],
    [`{"a": 1, "syntax": "${image}"}`, image, 1],
    [`# syntax=${image} --opt x\n`, `${image} --opt x`, 1],
  ])("finds it in %j", (text, value, line) => {
    expect(detectSyntax(text)).toEqual({ image, value, line });
  });

  it.each([
    "",
    "FROM a\n# syntax=x\n",
    "\n# syntax=x\n",
    "# a comment\n# syntax=x\n",
    "# syntax=\n",
    " # syntax=x\n",
    "# escape=`\n# escape=`\n# syntax=x\n",
    '{"syntax": 1}',
    '{"syntax": "x"',
    '["syntax"]',
    "{}",
  ])("finds none in %j", (text) => {
    expect(detectSyntax(text)).toBeUndefined();
  });
});
