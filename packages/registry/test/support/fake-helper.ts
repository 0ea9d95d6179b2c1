import fs from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../../../../test/support/build-folder.js";

/** A program of the docker-credential protocol that keeps its logins in a file. */
export interface FakeHelper {
  /** The folder that it lies in, for PATH. */
  readonly folder: string;
  /** What it keeps, by server. */
  logins(): Readonly<Record<string, { readonly Username: string; readonly Secret: string }>>;
  /** The calls it got: `get https://r.example`. */
  calls(): readonly string[];
}

/** Makes a helper named `docker-credential-<name>`; with a script it does that instead. */
export function fakeHelper(name: string, script: string = KEEPER): FakeHelper {
  const folder = temporaryFolder();
  const file = path.join(folder, `docker-credential-${name}`);
  fs.writeFileSync(file, `#!${process.execPath}\n${script}`, { mode: 0o755 });
  const read = (store: string, otherwise: string): string => {
    const place = path.join(folder, store);
    return fs.existsSync(place) ? fs.readFileSync(place, "utf8") : otherwise;
  };
  return {
    folder,
    logins: () => JSON.parse(read("logins.json", "{}")),
    calls: () => read("calls", "").split("\n").slice(0, -1),
  };
}

const KEEPER = `
const fs = require("node:fs"), path = require("node:path");
const input = fs.readFileSync(0, "utf8"), action = process.argv[2];
const store = path.join(__dirname, "logins.json");
const logins = fs.existsSync(store) ? JSON.parse(fs.readFileSync(store, "utf8")) : {};
const server = action === "store" ? JSON.parse(input).ServerURL : input;
fs.appendFileSync(path.join(__dirname, "calls"), action + " " + server + "\\n");
if (action === "get") {
  if (logins[server] === undefined) {
    process.stdout.write("credentials not found in native keychain\\n");
    process.exit(1);
  }
  process.stdout.write(JSON.stringify({ ServerURL: server, ...logins[server] }));
}
if (action === "store") {
  const { Username, Secret } = JSON.parse(input);
  logins[server] = { Username, Secret };
}
if (action === "erase") delete logins[server];
if (action !== "get") fs.writeFileSync(store, JSON.stringify(logins));
`;
